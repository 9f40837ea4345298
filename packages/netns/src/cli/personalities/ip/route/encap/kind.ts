import type { KeptFiles } from '../../bpf-programs.ts';
import type { DeviceNames } from '../../device-names.ts';
import { type Exit, missingArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import type { Part, View } from '../../show/fields.ts';
import type { Words } from '../../words.ts';

export interface EncapView extends View {
  deviceName(index: number): string;
}

export interface EncapContext {
  readonly words: Words;
  readonly devices: DeviceNames;
  /** What has to stay open until the request is done. */
  readonly kept: KeptFiles;
}

/** A kind of encapsulation: its options on the command line, and what is shown of it. */
export interface EncapKind<Data, Draft extends object> {
  readonly rows: readonly OptionRow<Draft, EncapContext>[];
  /** What comes before the options. */
  begin(context: EncapContext): Draft;
  /** The attributes that were meant. */
  finish(draft: Draft): Record<string, unknown>;
  readonly parts: readonly Part<Data, EncapView>[];
}

/** The value of an option of an encapsulation. Throws Exit (255). */
export function encapValue({ words }: EncapContext): string {
  const word = words.take();
  if (word === undefined) throw unexpectedEnd();
  return word;
}

export function unexpectedEnd(): Exit {
  return missingArgument('encap type');
}
