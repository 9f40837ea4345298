import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { bundleOf } from './bundle-of.ts';
import { keepCompiled } from './keep-compiled.ts';
import { calledAs } from './request.ts';

/**
 * Runs a bundle beside this file. Compiling takes longer than all that a verb does: so the compiled form of what it runs is kept
 * beside it, for each version of Node: by the build, or else when it has run for the first time; anew when V8 refuses it (it was
 * kept with other options, or by another build of the same version).
 */
function run(name: string): void {
  const file = `${import.meta.dirname}/${name}.cjs`;
  const kept = `${file}.${process.version}.cache`;
  const cachedData = read(kept);
  const script = new Script(readFileSync(file, 'utf8'), {
    filename: file,
    ...(cachedData !== undefined && { cachedData }),
  });
  const module = { exports: {} as { main(atEnd?: () => void): Promise<void> } };
  script.runInThisContext().call(module.exports, module.exports, require, module, file, import.meta.dirname);
  const taken = script.cachedDataRejected === false;
  module.exports.main(taken ? undefined : () => keepCompiled(script, kept));
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** What `netns` runs: the bundle that has what the words ask for. */
run(bundleOf(process.argv.slice(2), calledAs(process.env)));
