#!/usr/bin/env node
// Runs a TypeScript file on any supported Node: bundles it into a temporary file (the `netns` package stays outside) and imports that.
//   node tools/run.mjs FILE [ARGUMENTS...]
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const [file, ...args] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const directory = mkdtempSync(join(modules, `.run-${process.pid}-`));
const remove = (folder) => rmSync(folder, { recursive: true, force: true });
process.on('exit', () => remove(directory));
// Whoever was killed could not tidy up.
for (const name of readdirSync(modules)) {
  const [, pid] = /^\.run-(\d+)-/.exec(name) ?? [];
  if (pid !== undefined && !existsSync(`/proc/${pid}`)) remove(join(modules, name));
}
const outfile = join(directory, 'main.mjs');
buildSync({
  entryPoints: [resolve(file)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
process.argv.splice(1, 2, resolve(file));
process.argv.length = 2;
process.argv.push(...args);
await import(pathToFileURL(outfile).href);
