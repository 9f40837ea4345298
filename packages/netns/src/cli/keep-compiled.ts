import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Script } from 'node:vm';

/**
 * Writes what V8 has compiled of a script so far to a file, whole or not at all. Only into a directory of this user's own: what is
 * loaded from there they run anyway, and what they could not take away again they do not leave with others. Where that is not
 * possible nothing is lost but time, so nothing is said.
 */
export function keepCompiled(script: Script, file: string): void {
  const fresh = `${file}.${process.pid}`;
  try {
    if (statSync(dirname(file)).uid !== process.geteuid?.()) return;
    writeFileSync(fresh, script.createCachedData(), { flag: 'wx' });
    renameSync(fresh, file);
  } catch {
    rmSync(fresh, { force: true });
  }
}
