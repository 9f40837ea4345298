#!/usr/bin/env node
// Runs a TypeScript file on any supported Node: bundles it into a temporary file (the `netns` package stays outside) and imports that.
//   node tools/run.mjs FILE [ARGUMENTS...]
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const [file, ...args] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const directory = mkdtempSync(join(root, 'node_modules', '.run-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
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
