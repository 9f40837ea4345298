import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What is published: the tarball is packed, installed into an empty project without running any script, and used there. */
const packageDir = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
const directory = mkdtempSync(join(tmpdir(), 'netns-package-'));
const project = join(directory, 'project');
const installed = join(project, 'node_modules/netns');
let files: string[] = [];

/** Where this checkout has a dependency: the test takes it from there, not from a registry. */
function here(dependency: string, from: string): string {
  const { resolve } = createRequire(from);
  const [entry = ''] = (resolve.paths(dependency) ?? [])
    .map((path) => join(path, dependency, 'package.json'))
    .filter(exists);
  return dirname(entry);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Dependencies and theirs, as `file:` references. */
function localDependencies(from: string): Record<string, string> {
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const found: Record<string, string> = {};
  for (const name of Object.keys(dependencies)) {
    const path = here(name, join(from, 'package.json'));
    Object.assign(found, localDependencies(path), { [name]: `file:${path}` });
  }
  return found;
}

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--no-update-notifier', '--ignore-scripts'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, npm_config_cache: join(directory, 'cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

beforeAll(() => {
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', directory], packageDir));
  files = packed.files.map(({ path }: { path: string }) => path);
  mkdirSync(project);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'an-empty-project',
      type: 'module',
      dependencies: { ...localDependencies(packageDir), netns: `file:${join(directory, packed.filename)}` },
    }),
  );
  npm(['install'], project);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

function run(program: string, ...args: string[]) {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: project, encoding: 'utf8' });
  return { stdout, stderr, status };
}

describe('the tarball', () => {
  it('has what package.json promises', () => {
    const promised = [
      ...Object.values<string>(manifest.bin),
      ...Object.values<string | Record<string, string>>(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [target] : Object.values(target),
      ),
    ].map((path) => path.replace(/^\.\//, ''));
    expect(files).toEqual(
      expect.arrayContaining([...promised, 'prebuilds/linux-x64/netns.node', 'prebuilds/linux-x64/nsexec']),
    );
  });

  it('has no tests, no sources and nothing that npm would build', () => {
    expect(files.filter((path) => !/^(bin|dist|prebuilds)\/|^(package\.json|README\.md|LICENSE)$/.test(path))).toEqual(
      [],
    );
    expect(files.filter((path) => /\.test\.|\.gyp$|\.c$|\.h$|(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });

  it('has nothing that is for one version of Node only', () => {
    expect(files.filter((path) => path.endsWith('.cache'))).toEqual([]);
  });

  it('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });

  it('has programs that may be run', () => {
    for (const path of ['bin/netns', 'prebuilds/linux-x64/nsexec'])
      expect([path, statSync(join(installed, path)).mode & 0o111]).toEqual([path, 0o111]);
  });
});

/** Nodes to try it with: this one, and a newer one if npm has it already (`npx -p node@24`). */
function nodes(): string[] {
  const probe = spawnSync('npx', ['--offline', '--yes', '-p', 'node@24', 'node', '-p', 'process.execPath'], {
    encoding: 'utf8',
  });
  return probe.status === 0 ? [process.execPath, probe.stdout.trim()] : [process.execPath];
}

describe.each(nodes())('installed, and used with %s', (node) => {
  const evaluate = (code: string) => run(node, '--input-type=module', '--eval', code);

  it('loads', () => {
    const code = `import * as netns from 'netns';
      const own = netns.openNamespace({ pid: process.pid });
      console.log(typeof netns.NetworkNamespace.create, own.type, own.id.ino > 0);
      own.close();`;
    expect(evaluate(code)).toEqual({ stdout: 'function net true\n', stderr: '', status: 0 });
  });

  it.each(Object.keys(manifest.exports).filter((path) => !path.endsWith('.json')))(
    'loads as %s, without a warning',
    (path) => {
      const name = `netns${path.slice(1)}`;
      const code = `console.log(Object.keys(await import(${JSON.stringify(name)})).length > 0)`;
      expect(evaluate(code)).toEqual({ stdout: 'true\n', stderr: '', status: 0 });
    },
  );

  it('has what its sources have, and loads what few need when it is first asked for', async () => {
    const code = `const before = new Set(process.moduleLoadList);
      const netns = await import('netns');
      const loaded = process.moduleLoadList.filter((name) => !before.has(name));
      const { namespaces } = await netns.census({ types: ['net'] });
      const refused = await netns.readSnapshot('/nowhere/at/all').catch(({ code }) => code);
      console.log(JSON.stringify([Object.keys(netns), loaded.filter((name) => /stream/.test(name)), namespaces.length > 0, refused]));`;
    const names = Object.keys(await import('../../src/index.ts')).sort();
    expect(JSON.parse(evaluate(code).stdout)).toEqual([names, [], true, 'ENOENT']);
  });

  it('talks to the kernel', () => {
    const code = `import { openNetwork } from 'netns';
      const network = openNetwork();
      console.log((await network.links.list()).some(({ name }) => name === 'lo'));
      network.close();`;
    expect(evaluate(code)).toEqual({ stdout: 'true\n', stderr: '', status: 0 });
  });
});

describe('the installed command', () => {
  it('lists names as JSON', () => {
    const { stdout, stderr, status } = run('npx', '--offline', '--no-install', 'netns', 'ls', '--json');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(Array.isArray(JSON.parse(stdout)) || typeof JSON.parse(stdout) === 'object').toBe(true);
  });

  it('tells its version', () => {
    expect(run('node_modules/.bin/netns', '--version')).toMatchObject({
      stdout: expect.stringContaining(manifest.version),
      stderr: '',
      status: 0,
    });
  });

  describe('compiles once', () => {
    const bundles = join(installed, 'dist/cli');
    const kept = () => readdirSync(bundles).filter((name) => /^version\.cjs\./.test(name));
    const version = () => run('node_modules/.bin/netns', '--version');
    const forget = () => {
      for (const name of kept()) rmSync(join(bundles, name));
    };

    it('and keeps that for the version of Node that runs it', () => {
      forget();
      const first = version();
      expect(kept()).toEqual([`version.cjs.${process.version}.cache`]);
      const { mtimeMs } = statSync(join(bundles, kept()[0] ?? ''));
      expect(version()).toEqual(first);
      expect(statSync(join(bundles, kept()[0] ?? '')).mtimeMs).toBe(mtimeMs);
    });

    it('again and again where it may keep nothing, and says nothing of it', () => {
      forget();
      const { uid, gid, mode } = statSync(bundles);
      if (uid === 0) chownSync(bundles, 54321, 54321);
      else chmodSync(bundles, 0o555);
      try {
        expect(version()).toMatchObject({ stderr: '', status: 0 });
        expect(kept()).toEqual([]);
      } finally {
        if (uid === 0) chownSync(bundles, uid, gid);
        else chmodSync(bundles, mode);
      }
    });
  });

  it('is `ip` when it is called so', () => {
    expect(run('node_modules/.bin/netns', 'ip', 'netns', 'help')).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('ip netns list'),
      status: 255,
    });
  });
});
