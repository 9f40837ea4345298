import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

/** How the built command starts and ends. */
const packageDir = join(import.meta.dirname, '../..');
const front = join(packageDir, 'bin/netns');
const bundles = join(packageDir, 'dist/cli');
const directory = mkdtempSync(join(tmpdir(), 'netns-start-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What the front starts Node with. */
const options = (/^exec node (.*?) "/m.exec(readFileSync(front, 'utf8'))?.[1] ?? '').split(' ');

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  return { stdout, stderr, status };
}

const version = { stdout: expect.stringMatching(/^netns \d/), stderr: '', status: 0 };

describe('the command', () => {
  const names = readdirSync(bundles).flatMap((file) => /^(.*)\.cjs$/.exec(file)?.[1] ?? []);

  it('has a compiled form of each beside it', () => {
    const kept = readdirSync(bundles).flatMap((file) => /^(.*)\.cjs\.v[\d.]+\.cache$/.exec(file)?.[1] ?? []);
    expect([...new Set(kept)].sort()).toEqual(names.filter((name) => name !== 'main').sort());
  });

  // Made by this Node, in a copy: those of the build may be another's, and the first run of a verb adds to them meanwhile.
  it('keeps compiled forms that V8 takes, with the options that the front gives to Node, and anew what it refuses', () => {
    const copy = join(directory, 'dist/cli');
    for (const name of ['package.json', 'build', 'prebuilds']) {
      if (existsSync(join(packageDir, name))) symlinkSync(join(packageDir, name), join(directory, name));
    }
    cpSync(bundles, copy, { recursive: true, filter: (file) => !/\.cache(\.|$)/.test(file) });
    expect(run(process.execPath, [...options, join(packageDir, 'scripts/build-code-cache.mjs'), copy])).toEqual({
      stdout: '',
      stderr: '',
      status: 0,
    });
    const script = `
      const { readFileSync } = require('node:fs');
      const { Script } = require('node:vm');
      for (const name of process.argv.slice(1)) {
        const text = readFileSync(name, 'utf8');
        const cachedData = readFileSync(name + '.' + process.version + '.cache');
        const script = new Script(text, { cachedData });
        if (script.cachedDataRejected) console.log(name);
      }`;
    // What these load is what they use: the firewall alone, or all messages, would be more.
    const everyday = 'add attach completion conntrack del exec ids identify ls monitor pids set sockets sysctl unshare';
    for (const name of everyday.split(' '))
      expect([name, statSync(join(copy, `${name}.cjs.${process.version}.cache`)).size < 250_000]).toEqual([name, true]);

    const files = names.filter((name) => name !== 'main').map((name) => join(copy, `${name}.cjs`));
    expect(run(process.execPath, [...options, '-e', script, ...files])).toEqual({ stdout: '', stderr: '', status: 0 });

    const refused = join(copy, `version.cjs.${process.version}.cache`);
    writeFileSync(refused, 'not what V8 compiled');
    expect(run(process.execPath, [...options, join(copy, 'main.cjs'), '--version'])).toEqual(version);
    expect(run(process.execPath, [...options, '-e', script, join(copy, 'version.cjs')]).stdout).toBe('');
  });

  it('does without them', () => {
    expect(run(process.execPath, [join(bundles, 'main.cjs'), '--version'])).toEqual(version);
  });

  it('ends as Node does where somebody listens for that', () => {
    const hook = join(directory, 'hook.cjs');
    const told = join(directory, 'told');
    writeFileSync(
      hook,
      `process.on('exit', (code) => require('node:fs').writeFileSync(${JSON.stringify(told)}, String(code)));`,
    );
    expect(run(front, ['--version'], { NODE_OPTIONS: `--require ${hook}` })).toEqual(version);
    expect(readFileSync(told, 'utf8')).toBe('0');
    const coverage = join(directory, 'coverage');
    expect(run(front, ['--version'], { NODE_V8_COVERAGE: coverage })).toEqual(version);
    expect(readdirSync(coverage).length).toBeGreaterThan(0);
  });

  it('says what went wrong in itself, and does not show all of the bundle', () => {
    const hook = join(directory, 'broken.cjs');
    writeFileSync(hook, `process.geteuid = () => { throw new TypeError('broken'); };`);
    const { stderr, status } = run(front, ['ls'], { NODE_OPTIONS: `--require ${hook}` });
    expect({ stderr, status }).toEqual({ stderr: expect.stringMatching(/^TypeError: broken\n {4}at /), status: 1 });
    expect(stderr.length).toBeLessThan(5000);
  });

  it('has all that is shown in the bundles for what only shows something', () => {
    for (const name of names) {
      const object = /^ip-(.*)-show$/.exec(name)?.[1];
      if (object === undefined) continue;
      for (const word of ['show', 'sh', 'list', 'lst', 'ls', 'list-id'])
        expect(run(front, ['ip', object, word]).stderr).not.toContain('another bundle');
    }
  });

  it('gives the exit status of what it did', () => {
    expect(run(front, ['ls', 'too much']).status).toBe(2);
    expect(run(front, ['ip', 'nonsense']).status).toBe(1);
    expect(run(front, ['ip', '-nonsense']).status).toBe(255);
  });
});
