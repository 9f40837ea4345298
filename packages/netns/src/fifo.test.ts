import { expect, it } from 'vitest';
import { Fifo } from './fifo.ts';

it('gives back what it was given, in order, however the two take turns', () => {
  const fifo = new Fifo<number>();
  const seen: (number | undefined)[] = [];
  let next = 0;
  for (let round = 0; round < 300; round++) {
    for (let i = 0; i < (round * 7) % 40; i++) fifo.push(next++);
    for (let i = 0; i < (round * 5) % 30; i++) {
      const before = fifo.length;
      const item = fifo.shift();
      expect(fifo.length).toBe(before === 0 ? 0 : before - 1);
      if (before > 0) seen.push(item);
      else expect(item).toBeUndefined();
    }
  }
  while (fifo.length > 0) seen.push(fifo.shift());
  expect(seen).toEqual(Array.from({ length: next }, (_, index) => index));
  expect(fifo.shift()).toBeUndefined();
});

it('forgets what it held', () => {
  const fifo = new Fifo<number>();
  fifo.push(1);
  fifo.clear();
  expect([fifo.length, fifo.shift()]).toEqual([0, undefined]);
});

it('takes half a million one by one without moving the rest each time', () => {
  const fifo = new Fifo<number>();
  const count = 500_000;
  for (let i = 0; i < count; i++) fifo.push(i);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += fifo.shift() ?? 0;
  expect(sum).toBe((count * (count - 1)) / 2);
});
