#!/usr/bin/env node
// Runs a TypeScript file on any supported Node: bundles it into a temporary file (the `netns` package stays outside) and imports that.
//   node tools/run.mjs FILE [ARGUMENTS...]
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const [file, ...args] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Not in the checkout: whoever runs it need not be its owner.
const directory = mkdtempSync(join(tmpdir(), `netns-run-${process.pid}-`));
process.on('exit', () => remove(directory));
for (const name of readdirSync(tmpdir())) {
  const [, pid] = /^netns-run-(\d+)-/.exec(name) ?? [];
  if (pid !== undefined && !existsSync(`/proc/${pid}`)) remove(join(tmpdir(), name)); // it was killed and could not tidy up
}
symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));

function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {} // somebody else's
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
