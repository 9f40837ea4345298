#!/usr/bin/env node
/**
 * The entry of the benchmarks: bundles bench/*.ts into a temporary directory and runs the result in private mount and
 * network namespaces (and a user namespace, without root), where /run/netns is a file system of its own. Nothing that
 * is measured can be seen from outside, and everything is gone with the last process.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const bench = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'netns-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

// What is measured is the library as it is shipped: the imports of its sources lead to what `npm run build` made of them.
const library = join(bench, '../packages/netns');
const asShipped = {
  name: 'the library as shipped',
  setup(builder) {
    builder.onResolve({ filter: /\/packages\/netns\/src\// }, ({ path }) => {
      const module = path.replace(/^.*\/packages\/netns\/src\//, '').replace(/\.ts$/, '.js');
      const folder = existsSync(join(library, 'dist/lib', module)) ? 'dist/lib' : 'dist';
      return { path: pathToFileURL(join(library, folder, module)).href, external: true };
    });
  },
};
if (!existsSync(join(library, 'dist/lib/index.js'))) {
  console.error('bench: the library is not built: npm run build');
  process.exit(1);
}

const ours = readdirSync(join(bench, 'ours')).filter((file) => file.endsWith('.ts'));
await build({
  entryPoints: [
    { in: join(bench, 'main.ts'), out: 'main/main' },
    ...ours.map((file) => ({ in: join(bench, 'ours', file), out: `ours/${basename(file, '.ts')}` })),
  ],
  outdir: join(work, 'js'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [asShipped],
  logLevel: 'warning',
});

// Without a /run/netns of its own this would mount over nothing: then /run itself is replaced, in here only.
const prepare = `
  [ -d /run/netns ] || { mount -t tmpfs bench /run && mkdir /run/netns; } || exit
  mount -t tmpfs bench /run/netns || exit
  exec "$@"`;
const namespaces = ['--mount', '--net', '--propagation', 'private'];
if (process.getuid?.() !== 0) namespaces.push('--user', '--map-root-user');
const command = [process.execPath, join(work, 'js/main/main.mjs'), bench, work, ...process.argv.slice(2)];
// What this machine tells Node with NODE_… can cost every start more than what is compared: not in here.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_')));
const child = spawn('unshare', [...namespaces, 'sh', '-c', prepare, 'sh', ...command], { stdio: 'inherit', env });

// A Ctrl-C reaches the child too; this process stays to remove the directory.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`bench: cannot run unshare (Debian: util-linux): ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 130);
});
