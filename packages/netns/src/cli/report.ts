import { InvalidArgumentError } from '../errors.ts';
import { escapeControls } from './escape.ts';
import type { Io } from './io.ts';
import { missingPrivilege } from './privilege.ts';
import { UsageError } from './verb.ts';

/** Says something beside the answer, in one line. */
export function note(io: Io, text: string): void {
  io.stderr.write(`netns: ${escapeControls(text)}\n`);
}

/** Says why a verb ended early, and gives the exit status. What is no refusal is passed on. */
export function report(io: Io, error: unknown, verb: { readonly name: string; readonly ownStatus?: number }): number {
  if (error instanceof UsageError || error instanceof InvalidArgumentError) {
    note(io, error.message);
    io.stderr.write(`try 'netns help ${verb.name}'\n`);
    return verb.ownStatus ?? 2;
  }
  note(io, failureText(error));
  return verb.ownStatus ?? 1;
}

/** `cannot …: reason`. Throws what is no failure of the kernel. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const privilege = missingPrivilege(error);
  return privilege === undefined ? error.message : `${error.message}; ${privilege}`;
}
