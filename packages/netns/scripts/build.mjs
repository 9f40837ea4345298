#!/usr/bin/env node
// Builds everything that is not in the sources: the native files, the library (dist/*.js with types), the command (dist/cli/*.cjs, one
// bundle per verb so that a verb loads only what it uses) and its front (bin/netns).
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const inPackage = (...parts) => join(packageDir, ...parts);
const run = (program, ...args) => execFileSync(program, args, { cwd: packageDir, stdio: 'inherit' });

rmSync(inPackage('dist'), { recursive: true, force: true });
run(process.execPath, 'scripts/build-native.mjs');
run(
  process.execPath,
  fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc'),
  '-p',
  '.',
);

// Everything in src/cli that is to be loaded by itself: the dispatcher and the verbs. CommonJS starts faster than ES modules do.
const verbs = existsSync(inPackage('src/cli/verbs'))
  ? readdirSync(inPackage('src/cli/verbs')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  : [];
await build({
  absWorkingDir: packageDir,
  entryPoints: ['src/cli/main.ts', ...verbs.map((file) => `src/cli/verbs/${file}`)],
  outdir: 'dist/cli',
  // One folder for all of them: the native files are two levels up from each (src/native/addon.ts).
  entryNames: '[name]',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  supported: { 'dynamic-import': false }, // `import()` of a verb becomes `require`, which does not start the module loader
  minifySyntax: true,
  minifyWhitespace: true,
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [
    { name: 'verbs stay apart', setup: (builder) => builder.onResolve({ filter: /^\.\/verbs\/\w+\.ts$/ }, keepApart) },
  ],
  logLevel: 'warning',
});

function keepApart({ path, kind }) {
  return kind === 'entry-point'
    ? undefined
    : { path: path.replace(/^\.\/verbs\/(\w+)\.ts$/, './$1.cjs'), external: true };
}

run(process.execPath, 'scripts/build-front.mjs');
