import { describe, expect, it } from 'vitest';
import { describeProcess, sayProcesses } from './process-command.ts';

describe('describeProcess', () => {
  it('tells the command line', () => {
    expect(describeProcess(process.pid).command).toContain('node');
  });

  it('tells nothing of a process that has ended', () => {
    expect(describeProcess(2 ** 22 + 1)).toEqual({ pid: 2 ** 22 + 1, command: '[]' });
  });
});

describe('sayProcesses', () => {
  it('counts and shortens', () => {
    expect(sayProcesses([{ pid: 1, command: 'init' }])).toBe('process 1 (init)');
    expect(sayProcesses([1, 2, 3, 4, 5, 6, 7].map((pid) => ({ pid, command: 'x' })))).toBe(
      'processes 1 (x), 2 (x), 3 (x), 4 (x), 5 (x), 2 more',
    );
    expect(sayProcesses([{ pid: 1, command: 'y'.repeat(80) }])).toBe(`process 1 (${'y'.repeat(49)}…)`);
  });
});
