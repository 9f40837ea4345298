import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ClosedError, KernelError } from '../errors.ts';
import { Fd } from './fd.ts';

const open = () => Fd.adopt(openSync('/dev/null', 'r'), 'the test file');
const isOpen = (raw: number) => {
  try {
    return fstatSync(raw).isCharacterDevice();
  } catch {
    return false;
  }
};

describe('a descriptor', () => {
  it('is closed once, however often it is asked to', () => {
    const fd = open();
    const { raw } = fd;
    expect([fd.closed, isOpen(raw)]).toEqual([false, true]);
    fd.close();
    fd.close();
    fd[Symbol.dispose]();
    expect([fd.closed, isOpen(raw)]).toEqual([true, false]);
  });

  it('does not close what the number has become meanwhile', () => {
    const fd = open();
    const { raw } = fd;
    fd.close();
    const other = openSync('/dev/zero', 'r');
    expect(other).toBe(raw);
    fd.close();
    expect(isOpen(other)).toBe(true);
    closeSync(other);
  });

  it('refuses to be used when it is closed', () => {
    const fd = open();
    fd.close();
    for (const use of [() => fd.raw, () => fd.dup(), () => fd.release()]) expect(use).toThrow(ClosedError);
    expect(() => fd.raw).toThrow('the test file is closed');
  });

  it('has a duplicate that lives on', () => {
    const fd = open();
    using copy = fd.dup();
    fd.close();
    expect(isOpen(copy.raw)).toBe(true);
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${copy.raw}`, 'utf8'))?.[1] ?? '0';
    expect(Number.parseInt(flags, 8) & 0o2000000).not.toBe(0); // close-on-exec
  });

  it('can be given away', () => {
    const fd = open();
    const raw = fd.release();
    expect([fd.closed, isOpen(raw)]).toEqual([true, true]);
    closeSync(raw);
  });

  it('that is lent when it is closed ends with the last who has it', () => {
    const fd = open();
    const { raw } = fd;
    const [first, second] = [fd.lend(), fd.lend()];
    expect([first.raw, second.raw]).toEqual([raw, raw]);
    first[Symbol.dispose]();
    fd.close();
    first[Symbol.dispose]();
    expect([fd.closed, isOpen(raw)]).toEqual([true, true]);
    expect(() => fd.raw).toThrow(ClosedError);
    expect(() => fd.lend()).toThrow(ClosedError);
    second[Symbol.dispose]();
    expect(isOpen(raw)).toBe(false);
    const other = openSync('/dev/zero', 'r');
    expect(other).toBe(raw);
    second[Symbol.dispose]();
    fd.close();
    expect(isOpen(other)).toBe(true);
    closeSync(other);
  });

  it('that is given away is nothing to those to whom it was lent', () => {
    const fd = open();
    const lent = fd.lend();
    const raw = fd.release();
    lent[Symbol.dispose]();
    expect(isOpen(raw)).toBe(true);
    closeSync(raw);
  });

  it('that somebody else has closed says so', () => {
    const fd = open();
    closeSync(fd.raw);
    expect(() => fd.close()).toThrow(KernelError);
    expect(fd.closed).toBe(true);
  });

  it('may have the number 0', () => {
    const saved = open();
    // Not closed here: 0 belongs to the test runner.
    const fd = Fd.adopt(0, 'standard input');
    expect([fd.raw, fd.closed, fd.release()]).toEqual([0, false, 0]);
    saved.close();
  });

  it('that was forgotten is closed, with a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const raw = (() => Fd.adopt(openSync('/dev/null', 'r'), 'what nobody keeps').raw)();
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 50 && warnings.length === 0; round++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    process.off('warning', onWarning);
    expect([warnings.map(({ name, message }) => `${name}: ${message}`), isOpen(raw)]).toEqual([
      ['NetnsLeakWarning: what nobody keeps was not closed; closing it now that nothing refers to it'],
      false,
    ]);
  });
});
