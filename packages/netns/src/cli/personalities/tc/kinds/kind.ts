import type { Words } from '../../ip/words.ts';
import type { Say } from '../say.ts';

/** What a command may ask of its surroundings while it reads its words. */
export interface ReadContext {
  /** The number of a device. Throws Exit. */
  indexOf(name: string): number;
  /** Tells of what it took for granted. */
  remark(text: string): void;
}

/** One kind of queueing discipline or class: how its settings are told and read. Values are as the kernel has them. */
export interface Kind {
  /** Settings, behind the words that all have. */
  print?(say: Say, data: never): void;
  /** What only this kind counts; the bytes are decoded. */
  counts?(say: Say, counts: never): void;
  /** Reads the words behind the kind. Throws Exit. */
  read?(words: Words, context: ReadContext): unknown;
  /** Those of a class of this kind. */
  readonly class?: Omit<Kind, 'class'>;
}

/** Keeps the types of what a kind prints while it is written. */
export function kind<Data, ClassData = never, Counts = never, ClassCounts = never>(of: {
  print?(say: Say, data: Data): void;
  counts?(say: Say, counts: Counts): void;
  read?(words: Words, context: ReadContext): unknown;
  class?: {
    print?(say: Say, data: ClassData): void;
    counts?(say: Say, counts: ClassCounts): void;
    read?(words: Words, context: ReadContext): unknown;
  };
}): Kind {
  return of as Kind;
}
