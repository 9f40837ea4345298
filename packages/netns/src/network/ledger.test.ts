import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

const ledgerOf = (...entries: readonly string[]) => {
  const ledger = new Ledger<string>({
    shelf: () => 0,
    samePlace: (one, other) => one[0] === other[0],
    same: (one, other) => one === other,
  });
  for (const entry of entries) ledger.set(entry);
  return ledger;
};

describe('Ledger', () => {
  it('is sure of an entry that is alone in its place', () => {
    const ledger = ledgerOf('a1');
    expect([ledger.set('b1'), ledger.set('a1'), ledger.set('a2')]).toEqual([true, true, false]);
    expect([ledger.delete('a1'), ledger.delete('a2'), ledger.set('a3')]).toEqual([true, true, true]);
  });

  it('knows what it does not know', () => {
    const ledger = ledgerOf('a1');
    expect([ledger.delete('a2'), ledger.delete('a1'), ledger.delete('a1')]).toEqual([false, true, false]);
  });

  it('says what was wrong, and is right then', () => {
    const ledger = ledgerOf('a1', 'a2', 'b1');
    expect(ledger.compare(['a2', 'c1'])).toEqual({ gone: ['a1', 'b1'], fresh: ['c1'] });
    expect(ledger.compare(['c1', 'a2'])).toEqual({ gone: [], fresh: [] });
    expect(ledger.set('b2')).toBe(true);
    expect(ledger.set('a4')).toBe(false);
  });
});
