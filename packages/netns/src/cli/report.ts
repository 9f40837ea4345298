import { InvalidArgumentError, KernelError } from '../errors.ts';
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
  const { message } = inOurWords(error as NodeJS.ErrnoException);
  const privilege = missingPrivilege(error);
  return privilege === undefined ? message : `${message}; ${privilege}`;
}

/** What Node says of a file that it cannot open begins with the code, and has libuv's text instead of the kernel's. */
function inOurWords(error: NodeJS.ErrnoException): Error {
  const { errno, syscall, path } = error;
  if (errno === undefined || errno >= 0 || syscall === undefined) return error; // one of ours, or something else
  const operation = path === undefined ? `${syscall} a file` : `${syscall} ${path}`;
  return new KernelError({ errno: -errno, syscall, operation });
}
