import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const tool = fileURLToPath(new URL('preflight.mjs', import.meta.url));
const all = ['cc', 'ip', 'unshare', 'strace', 'newuidmap', 'nft', 'conntrack', 'sysctl', 'tcpdump'] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netns-preflight-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(folder, 'path-'));
});

function script(name: string, text: string): void {
  writeFileSync(join(path, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(path, name), 0o755);
}

/** A PATH that holds only stand-ins for these programs; they accept everything. */
function pretend(...programs: readonly string[]): void {
  for (const name of programs) script(name, 'exit 0');
}

function preflight(purpose: string, options: { readonly fake?: string; readonly env?: object } = {}) {
  const fake =
    options.fake === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(options.fake)}`];
  const env = { PATH: path, ...options.env };
  const run = spawnSync(process.execPath, [...fake, tool, purpose], { env, encoding: 'utf8' });
  expect(run.stdout).toBe('');
  return { status: run.status, lines: run.stderr.split('\n').filter((line) => line !== '') };
}

/** As if /usr/sbin and /sbin were empty. */
const noAdministration = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
const real = fs.accessSync;
fs.accessSync = (path, mode) => { if (/^(\\/usr)?\\/sbin\\//.test(path)) throw new Error(path); real(path, mode); };
syncBuiltinESMExports();`;

const pass = { status: 0, lines: [] };

describe('preflight', () => {
  it('is silent when everything is there', () => {
    pretend(...all);
    for (const purpose of ['build', 'demo', 'test']) expect(preflight(purpose)).toEqual(pass);
  });

  it.each([
    ['cc', 'gcc'],
    ['ip', 'iproute2'],
    ['unshare', 'util-linux'],
    ['strace', 'strace'],
    ['newuidmap', 'uidmap'],
    ['nft', 'nftables'],
    ['conntrack', 'conntrack'],
    ['sysctl', 'procps'],
    ['tcpdump', 'tcpdump'],
  ])('names the Debian package when %s is missing', (name, debianPackage) => {
    pretend(...all.filter((program) => program !== name));
    const { status, lines } = preflight('test', { fake: noAdministration });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('not found');
    expect(lines[0]).toMatch(new RegExp(`Debian package ${debianPackage}$`));
    expect(status).toBe(1);
  });

  it('names all that is missing at once, one line each', () => {
    const { status, lines } = preflight('test', { fake: noAdministration });
    expect(lines).toHaveLength(all.length);
    expect(status).toBe(1);
  });

  it('asks only for what the purpose needs', () => {
    expect(preflight('demo')).toEqual(pass);
    pretend('cc');
    expect(preflight('build')).toEqual(pass);
  });

  it.each([
    ['linux/', 'linux-libc-dev'],
    ['stdio.h', 'libc6-dev'],
  ])('tells a compiler without <%s', (header, debianPackage) => {
    pretend(...all);
    const grep = execFileSync('/bin/sh', ['-c', 'command -v grep'], { encoding: 'utf8' }).trim();
    symlinkSync(grep, join(path, 'grep'));
    script('cc', `! grep -q '${header}'`);
    const { lines } = preflight('test');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`Debian package ${debianPackage}$`));
  });

  it('takes the compiler that CC names', () => {
    expect(preflight('build', { env: { CC: 'my-cc' } }).lines[0]).toContain('my-cc was not found');
    pretend('my-cc');
    expect(preflight('build', { env: { CC: 'my-cc' } })).toEqual(pass);
  });

  it.each([
    ['system', "Object.defineProperty(process, 'platform', { value: 'darwin' })", 'Linux is needed: this is darwin'],
    ['processor', "Object.defineProperty(process, 'arch', { value: 'mips' })", 'this is mips'],
    ['Node.js', "Object.defineProperty(process.versions, 'node', { value: '20.17.0' })", 'this is 20.17.0'],
  ])('tells a wrong %s', (_what, fake, message) => {
    pretend(...all);
    const { status, lines } = preflight('test', { fake });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(message);
    expect(status).toBe(1);
  });

  it('passes on why the kernel makes no namespaces', () => {
    pretend(...all);
    script('unshare', 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1');
    const { status, lines } = preflight('demo');
    expect(lines).toEqual([
      'preflight: namespaces cannot be made here (unshare: unshare failed: Operation not permitted): ' +
        'run as root, or allow user namespaces to ordinary users',
    ]);
    expect(status).toBe(1);
  });

  it('asks for user namespaces where the tests need them, root or not', () => {
    pretend(...all);
    script('unshare', 'case "$*" in *--map-root-user*) echo "not allowed" >&2; exit 1 ;; esac');
    const { status, lines } = preflight('test');
    expect(lines).toEqual([expect.stringContaining('cannot be made here (not allowed)')]);
    expect(status).toBe(1);
  });

  it('refuses a purpose that it does not know', () => {
    expect(preflight('everything').status).toBe(2);
  });
});
