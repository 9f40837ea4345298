import { suggestion } from './closest.ts';
import { InvalidArgumentError } from './errors.ts';

/** Throws InvalidArgumentError for an option that nobody would look at: who has written it meant something. */
export function checkOptions(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new InvalidArgumentError('option', name, `there is no such option${suggestion(name, known)}`);
}
