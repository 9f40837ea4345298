import { describe, expect, it } from 'vitest';
import { bundleProgram, runNode } from './support/run.ts';

/** The addon in several threads of one process: each has an environment of its own, which may end at any moment. */
const program = bundleProgram('workers');

async function outcomes(mode: string): Promise<unknown> {
  const end = await runNode([program, mode]);
  expect({ ...end, stdout: '' }).toEqual({ exitCode: 0, signal: null, stderr: '', stdout: '' });
  return JSON.parse(end.stdout);
}

describe('worker threads', () => {
  it('work side by side, and end by themselves', async () => {
    expect(await outcomes('together')).toEqual(Array(8).fill({ messages: 1, exitCode: 0 }));
  });

  it('can be terminated while they watch', async () => {
    expect(await outcomes('terminated')).toEqual(Array(3).fill({ messages: 1, exitCode: 1 }));
  });

  it('can be terminated in the middle of a callback', async () => {
    expect(await outcomes('busy')).toEqual(Array(3).fill({ messages: 1, exitCode: 1 }));
  });

  it('may call process.exit in a callback', async () => {
    expect(await outcomes('exits')).toEqual([{ messages: 0, exitCode: 3 }]);
  });

  it('end although they watch, if the watch does not keep them alive', async () => {
    expect(await outcomes('ends')).toEqual([{ messages: 0, exitCode: 0 }]);
  });

  it('report what a callback throws', async () => {
    expect(await outcomes('throws')).toEqual([{ messages: 0, exitCode: 1, error: 'from the callback' }]);
  });

  it('do not keep the process from ending', async () => {
    const { stdout, stderr, exitCode, signal } = await runNode([program, 'mid-exit']);
    expect({ stdout, stderr, exitCode, signal }).toEqual({
      stdout: 'leaving\n',
      stderr: '',
      exitCode: 5,
      signal: null,
    });
  });

  it('leave no descriptors behind when they end', async () => {
    expect(await outcomes('forgets')).toEqual([{ messages: 1, exitCode: 0 }, { messages: 1, exitCode: 1 }, 0]);
    expect(await outcomes('releases')).toEqual([{ messages: 0, exitCode: 0 }, 1]);
  });
});
