import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { listNames } from '../namespaces/names.ts';

/** The names that lead to a namespace, in alphabetical order. */
export function readyNames(place: RunDirectoryOptions): string[] {
  return listNames(place)
    .filter(({ state }) => state === 'ready')
    .map(({ name }) => name)
    .sort();
}
