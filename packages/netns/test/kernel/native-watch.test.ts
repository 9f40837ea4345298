import { describe, expect, it } from 'vitest';
import { bundleProgram, runNode } from './support/run.ts';

/** Watches and the life of the process that has them: exceptions, garbage collection, exit. */
const program = bundleProgram('watching');
const run = (mode: string) => runNode(['--expose-gc', program, mode]);
const clean = { exitCode: 0, signal: null, stderr: '' };

describe('a watch', () => {
  it('makes what its callback throws an uncaught exception', async () => {
    expect(await run('exception')).toEqual({ ...clean, stdout: 'uncaught: from the callback\n' });
  });

  it('lets an exception that nobody catches end the process', async () => {
    const { exitCode, stderr } = await run('unhandled');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Error: from the callback')]);
  });

  it('runs promises and ticks after its callback, as for every callback of Node', async () => {
    const { stdout } = await run('promise');
    expect(stdout.split('\n').sort()).toEqual(['', 'continued', 'microtask', 'tick']);
  });

  it('calls back although nothing refers to it', async () => {
    expect(await run('forgotten')).toEqual({ ...clean, stdout: 'called\n' });
  });

  it('gives its memory back when it is closed', async () => {
    expect(await run('closed')).toEqual({ ...clean, stdout: 'no leak\n' });
  });

  it('gives its memory back when it cannot be opened', async () => {
    expect(await run('refused')).toEqual({ ...clean, stdout: 'no leak\n' });
  });

  it('survives process.exit in its callback', async () => {
    expect(await run('exit')).toEqual({ ...clean, exitCode: 7, stdout: 'called\n' });
  });

  it('survives process.exit while it waits', async () => {
    expect(await run('pending')).toEqual({ ...clean, exitCode: 3, stdout: 'exiting\n' });
  });

  it('keeps the process running only if it should', async () => {
    expect(await run('unreferenced')).toEqual({ ...clean, stdout: 'ends by itself\n' });
    expect(await run('referenced')).toEqual({ ...clean, stdout: 'still alive\n' });
  });
});
