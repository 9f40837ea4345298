import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { nsexecPath } from '../../src/native/addon.ts';
import { bundleProgram, type ProgramEnd, runNode, temporaryDirectory } from './support/run.ts';

/** The addon built so that it watches its own memory (AddressSanitizer) and arithmetic (UndefinedBehaviorSanitizer). */
const compiler = process.env.CC ?? 'cc';
const runtime = execFileSync(compiler, ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
// The compiler prints the bare name of a file that it does not have.
const missing = runtime.includes('/') ? '' : ` (left out: ${compiler} has no libasan.so)`;
if (missing && process.env.NETNS_MUST_WORK === '1') throw new Error(missing);

describe.skipIf(missing)(`the sanitized addon${missing}`, () => {
  const home = temporaryDirectory('sanitized');
  const prebuilds = join(home, 'prebuilds', `linux-${process.arch}`);

  beforeAll(() => {
    const script = join(import.meta.dirname, '../../scripts/build-native.mjs');
    execFileSync(process.execPath, [script, '--sanitize', '--out', prebuilds]);
    symlinkSync(nsexecPath, join(prebuilds, 'nsexec'));
  });

  const run = (name: string, ...args: string[]): Promise<ProgramEnd> =>
    runNode(['--expose-gc', bundleProgram(name, join(home, 'src/native')), ...args], {
      env: { ...process.env, LD_PRELOAD: runtime, ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0' },
    });

  it('does everything right', async () => {
    const { stdout, stderr, exitCode, signal } = await run('exercise');
    expect(stderr).toMatch(/\nall cases passed\n$/); // else the name of the case and the sanitizer's report are at its end
    expect([stdout, exitCode, signal]).toEqual([expect.stringMatching(/^\d+ passed\n$/), 0, null]);
  });

  it.each([
    ['watching', 'forgotten', 'called\n'],
    ['workers', 'busy', JSON.stringify(Array(3).fill({ messages: 1, exitCode: 1 })).concat('\n')],
    ['workers', 'forgets', expect.any(String)],
  ])('lives and dies well: %s %s', async (program, mode, stdout) => {
    expect(await run(program, mode)).toEqual({ stdout, stderr: '', exitCode: 0, signal: null });
  });
});
