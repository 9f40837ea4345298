#!/usr/bin/env node
// Keeps V8's compiled form of each bundle beside it, for the version of Node that runs this: half of what the command needs to start
// is compiling. Other versions refuse it, and compile. Also puts the loader that uses it at the head of main.cjs.
//   node scripts/build-code-cache.mjs DIRECTORY
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const directory = process.argv[2];

/** What stands at the head of main.cjs. `require` of a bundle beside it takes the compiled form, if it is there and fits. */
const loader = `{
  const plainRequire = require;
  const { readFileSync } = plainRequire('fs');
  require = (path) => {
    if (!path.startsWith('./')) return plainRequire(path);
    const file = __dirname + path.slice(1);
    let cachedData;
    try {
      cachedData = readFileSync(file + '.' + process.version + '.cache');
    } catch {
      return plainRequire(file);
    }
    const { Script } = plainRequire('vm');
    const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(file, 'latin1') + '\\n})';
    const script = new Script(source, { filename: file, cachedData });
    const module = { exports: {} };
    script.runInThisContext().call(module.exports, module.exports, require, module, file, __dirname);
    return module.exports;
  };
}
`;

for (const name of readdirSync(directory).filter((file) => file.endsWith('.cjs') && file !== 'main.cjs')) {
  const file = join(directory, name);
  const text = readFileSync(file, 'utf8');
  // Read as Latin-1 (which needs no decoding), so there may be nothing else in it.
  const plain = text.replace(/[^\0-\x7f]/g, (sign) =>
    sign
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  writeFileSync(file, plain);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${plain}\n})`, {
    filename: file,
  });
  const module = { exports: {} };
  // Run once: what runs at loading is then in the compiled form.
  script.runInThisContext().call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  writeFileSync(`${file}.${process.version}.cache`, script.createCachedData());
}
const main = join(directory, 'main.cjs');
writeFileSync(main, loader + readFileSync(main, 'utf8'));
