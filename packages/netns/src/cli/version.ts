import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package. Its description is two levels up from here, in the sources and in the build alike. */
export function readVersion(): string {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')).version;
}
