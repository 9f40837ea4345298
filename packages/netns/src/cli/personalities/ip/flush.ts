import { type Exit, failure } from './exit.ts';
import type { Session } from './session.ts';

export interface Flush<T> {
  /** What is there to delete. */
  find(): readonly T[];
  text(each: T): string;
  /** How often at most (0: until it is done). */
  readonly rounds: number;
  remove(each: T): void;
  /** What is deleted, in the lines of `-statistics`. Default: entries. */
  readonly noun?: string;
  /** When it is not done after all rounds; otherwise it bails out. */
  readonly incomplete?: (rounds: number) => Exit;
}

/**
 * Deletes until nothing is left to delete, since meanwhile others may add. With `-statistics` each
 * round is told of, with two of them each thing that is deleted.
 */
export function flushRounds<T>(
  session: Session,
  { find, text, remove, rounds, noun = 'entries', incomplete }: Flush<T>,
): number {
  const { statistics } = session.options;
  for (let round = 1; rounds === 0 || round <= rounds; round += 1) {
    const found = find();
    if (found.length === 0) {
      if (statistics > 0) {
        const done = round - 1;
        session.output.write(
          done === 0 ? 'Nothing to flush.\n' : `*** Flush is complete after ${done} round${done > 1 ? 's' : ''} ***\n`,
        );
      }
      return 0;
    }
    for (const each of found) {
      remove(each);
      if (statistics > 1) session.output.write(`${text(each)}\n`);
    }
    if (statistics > 0) session.output.write(`\n*** Round ${round}, deleting ${found.length} ${noun} ***\n`);
  }
  throw incomplete?.(rounds) ?? failure(`*** Flush not completed bailing out after ${rounds} rounds`);
}
