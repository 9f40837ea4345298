#!/usr/bin/env node
// Builds everything that is not in the sources: the native files, the library (dist/*.js with types), the command (dist/cli/*.cjs, one
// bundle per verb so that a verb loads only what it uses) and its front (bin/netns).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (program, ...args) => spawnSync(program, args, { cwd: packageDir, stdio: 'inherit' }).status === 0;

// Beside the old one, then renamed: whoever is running the command meanwhile always finds a whole one.
const fresh = join(packageDir, `dist.${process.pid}`);
process.on('exit', () => rmSync(fresh, { recursive: true, force: true }));

if (!run(process.execPath, 'scripts/build-native.mjs')) process.exit(1);
const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc');
if (!run(process.execPath, compiler, '-p', '.', '--outDir', fresh)) process.exitCode = 1; // type errors: finish, then fail

// Everything in src/cli that is to be loaded by itself: the dispatcher and the verbs. CommonJS starts faster than ES modules do.
const verbs = readdirSync(join(packageDir, 'src/cli/verbs')).filter((file) => /^[\w-]+\.ts$/.test(file));
await build({
  absWorkingDir: packageDir,
  // One folder for all of them: the native files are two levels up from each (src/native/addon.ts).
  entryPoints: {
    main: 'src/cli/main.ts',
    ...Object.fromEntries(verbs.map((file) => [file.slice(0, -3), `src/cli/verbs/${file}`])),
    'netlink-debug': 'src/connection/debug.ts',
    'exec-in-place': 'src/process/exec.ts',
  },
  outdir: join(fresh, 'cli'),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  supported: { 'dynamic-import': false }, // `import()` of a verb becomes `require`, which does not start the module loader
  minifySyntax: true,
  minifyWhitespace: true,
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [{ name: 'load when asked', setup: loadWhenAsked }],
  logLevel: 'warning',
});

/** A verb is loaded by its name only, and the decoder of every message only when NETNS_DEBUG is set. */
function loadWhenAsked(builder) {
  const imported = (kind) => kind !== 'entry-point';
  builder.onResolve({ filter: /^\.\/verbs\/\w+\.ts$/ }, ({ path, kind }) =>
    imported(kind) ? { path: path.replace(/^\.\/verbs\/(\w+)\.ts$/, './$1.cjs'), external: true } : undefined,
  );
  builder.onResolve({ filter: /\/process\/exec\.ts$/ }, ({ importer, kind }) =>
    imported(kind) && importer.endsWith('/src/cli/io.ts') ? { path: './exec-in-place.cjs', external: true } : undefined,
  );
  builder.onResolve({ filter: /\/debug\.ts$/ }, ({ kind }) =>
    imported(kind) ? { path: 'netlink-debug', namespace: 'deferred' } : undefined,
  );
  builder.onResolve({ filter: /^\.\/netlink-debug\.cjs$/ }, ({ path }) => ({ path, external: true }));
  builder.onLoad({ filter: /./, namespace: 'deferred' }, () => ({
    contents: `export const netlinkDebugLog = (protocol) =>
      process.env.NETNS_DEBUG ? require('./netlink-debug.cjs').netlinkDebugLog(protocol) : undefined;`,
  }));
}

if (!run(process.execPath, 'scripts/build-code-cache.mjs', join(fresh, 'cli'))) process.exit(1);

const old = `${fresh}.old`;
if (existsSync(join(packageDir, 'dist'))) renameSync(join(packageDir, 'dist'), old);
renameSync(fresh, join(packageDir, 'dist'));
rmSync(old, { recursive: true, force: true });

if (!run(process.execPath, 'scripts/build-front.mjs')) process.exit(1);
