import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { bundleOf } from './bundle-of.ts';
import { calledAs } from './request.ts';

/** A function around the text of a module, as Node has it. */
const parameters = '(exports, require, module, __filename, __dirname)';

/**
 * Loads a bundle beside this file. Compiling takes longer than all that a verb does: the build keeps the compiled form of what a verb
 * runs, for its own version of Node; others compile.
 */
function load(name: string) {
  const file = `${import.meta.dirname}/${name}.cjs`;
  let cachedData: Buffer;
  try {
    cachedData = readFileSync(`${file}.${process.version}.cache`);
  } catch {
    return require(file);
  }
  const text = `(function ${parameters} {${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(text, { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext().call(module.exports, module.exports, require, module, file, import.meta.dirname);
  return module.exports;
}

/** What `netns` runs: the bundle that has what the words ask for. */
load(bundleOf(process.argv.slice(2), calledAs(process.env))).main();
