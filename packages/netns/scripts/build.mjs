#!/usr/bin/env node
// Builds everything that is not in the sources: the native files, the library (dist/lib, and dist/**/*.d.ts; dist/**/*.js are for the
// build and tests), the command (dist/cli/*.cjs, one bundle per verb so that a verb loads only what it uses) and its front (bin/netns).
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundles } from './build-bundles.mjs';
import { buildLibrary } from './build-library.mjs';
import { nodeOptions } from './node-options.mjs';

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (program, ...args) => spawnSync(program, args, { cwd: packageDir, stdio: 'inherit' }).status === 0;

// Beside the old one, then renamed: whoever is running the command meanwhile always finds a whole one.
const fresh = join(packageDir, `dist.${process.pid}`);
process.on('exit', () => rmSync(fresh, { recursive: true, force: true }));

if (!run(process.execPath, 'scripts/build-native.mjs')) process.exit(1);
const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc');
if (!run(process.execPath, compiler, '-p', '.', '--outDir', fresh)) process.exitCode = 1; // type errors: finish, then fail

const { documentJsonSchema } = await import(join(fresh, 'document/schema-document.js'));
writeFileSync(join(fresh, 'schema.json'), `${JSON.stringify(documentJsonSchema(), null, 1)}\n`);

await buildLibrary(packageDir, join(fresh, 'lib'));
await buildBundles(packageDir, join(fresh, 'cli'));
keepCompiledForm(join(fresh, 'cli'));

/** In private namespaces, where the verbs may do something; where there can be none, the bundles are only loaded. */
function keepCompiledForm(directory) {
  const rehearsal = spawnSync(
    join(packageDir, '../../tools/private-node.sh'),
    [...nodeOptions, join(packageDir, 'scripts/build-code-cache.mjs'), directory, 'rehearse'],
    { stdio: 'ignore', timeout: 30_000, env: { ...process.env, PRIVATE_NODE: process.execPath } },
  );
  if (rehearsal.status !== 0 && !run(process.execPath, ...nodeOptions, 'scripts/build-code-cache.mjs', directory))
    process.exit(1);
}

const old = `${fresh}.old`;
if (existsSync(join(packageDir, 'dist'))) renameSync(join(packageDir, 'dist'), old);
renameSync(fresh, join(packageDir, 'dist'));
rmSync(old, { recursive: true, force: true });

if (!run(process.execPath, 'scripts/build-front.mjs')) process.exit(1);
