import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The native files as `scripts/build-native.mjs` makes them, for both processors. */
const machines = { x64: 62, arm64: 183 } as const; // e_machine of elf.h
const crossCompiler = 'aarch64-linux-gnu-gcc';

const found = (program: string) => spawnSync(program, ['--version']).status === 0;

const script = join(import.meta.dirname, '../../scripts/build-native.mjs');

/** Why a processor cannot be built for here; undefined if it can. */
function missing(arch: keyof typeof machines): string | undefined {
  if (arch === process.arch || (arch === 'arm64' && found(crossCompiler))) return undefined;
  return arch === 'arm64'
    ? `${crossCompiler} is not installed (Debian package gcc-aarch64-linux-gnu)`
    : 'no cross compiler is known';
}

describe.each(['x64', 'arm64'] as const)('the native files for %s', (arch) => {
  const why = missing(arch);

  describe.skipIf(why)(why === undefined ? 'that were built' : `(not built: ${why})`, () => {
    let directory = '';
    const path = (name: string) => join(directory, name);
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'netns-build-'));
      execFileSync(process.execPath, [script, '--arch', arch, '--out', directory]);
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    it.each(['netns.node', 'nsexec'])('are for that processor: %s', (name) => {
      const header = readFileSync(path(name));
      expect([header.toString('latin1', 0, 4), header.readUInt16LE(18)]).toEqual(['\x7fELF', machines[arch]]);
    });

    it('need nothing of the machine but Node: no version of a C library', () => {
      const symbols = execFileSync('nm', ['--dynamic', '--undefined-only', path('netns.node')], { encoding: 'utf8' });
      const needed = [...symbols.matchAll(/ [UwV] (\S+)/g)].map(([, symbol = '']) => symbol);
      // Any C library has these.
      const plain = ['free', 'malloc', 'realloc', 'memcpy', 'memset', 'environ'];
      expect(needed.filter((symbol) => !/^(napi_|uv_)/.test(symbol) && !plain.includes(symbol))).toEqual([]);
    });

    it('has a helper that needs nothing at all', () => {
      const program = execFileSync('readelf', ['--program-headers', path('nsexec')], { encoding: 'utf8' });
      expect(program).not.toMatch(/INTERP|DYNAMIC/);
      expect(readFileSync(path('nsexec')).length).toBeLessThan(100_000);
    });

    const emulator = arch === process.arch ? [] : [`qemu-${arch === 'arm64' ? 'aarch64' : 'x86_64'}`];
    const runs = emulator.every(found);

    it.skipIf(!runs)(`has a helper that runs${runs ? '' : ` (not tried: ${emulator} is not installed)`}`, () => {
      const [program = '', ...args] = [...emulator, path('nsexec')];
      const run = (...words: string[]) => {
        const { stdout, stderr, status } = spawnSync(program, [...args, ...words], { encoding: 'utf8' });
        return { stdout, stderr, status };
      };
      expect(run('--', 'echo', 'hello')).toEqual({ stdout: 'hello\n', stderr: '', status: 0 });
      expect(run('exit', '7', 'say', 'cannot open', 'open', '/nonexistent', '--', 'true')).toEqual({
        stdout: '',
        stderr: 'cannot open: No such file or directory\n',
        status: 7,
      });
    });
  });
});

describe('a build that cannot be', () => {
  const directory = mkdtempSync(join(tmpdir(), 'netns-no-build-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const [own, other] = process.arch === 'x64' ? (['x64', 'arm64'] as const) : (['arm64', 'x64'] as const);
  const crossed = {
    arm64: [crossCompiler, 'gcc-aarch64-linux-gnu'],
    x64: ['x86_64-linux-gnu-gcc', 'gcc-x86-64-linux-gnu'],
  };

  it.each([
    [own, 'nowhere', 'nowhere is not installed (Debian package gcc)'],
    [other, '', `${crossed[other][0]} is not installed (Debian package ${crossed[other][1]})`],
    [own, 'false', 'false could not compile addon.c'],
    ['mips', '', 'cannot build for mips: only for x64 and arm64'],
  ])('says why in one line: for %s by "%s"', (arch, CC, why) => {
    const PATH = CC === 'false' ? process.env.PATH : '/nonexistent';
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--arch', arch, '--out', directory], {
      encoding: 'utf8',
      env: { PATH, CC },
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: `build-native: ${why}\n`, status: 1 });
  });
});
