import { expect, it } from 'vitest';
import { bytesSentIn, microsecondsOf, rateTable, splitRate, ticksOf, ticksToSend } from './ticks.ts';

it('counts time in ticks of 64 nanoseconds', () => {
  expect(ticksOf(1000)).toBe(15625);
  expect(microsecondsOf(15625)).toBe(1000);
  expect(ticksToSend(125_000, 10_240)).toBe(1_280_000);
  expect(bytesSentIn(125_000, 1_280_000)).toBe(10_240);
  expect([ticksToSend(1_250_000, 8), ticksToSend(1_250_000, 8, true)]).toEqual([100, 93]);
});

it('tells rates apart that need 64 bits', () => {
  expect(splitRate(125_000)).toEqual({ rate: 125_000 });
  expect(splitRate(5e9)).toEqual({ rate: 0xffffffff, rate64: 5_000_000_000n });
});

it('makes the table that old kernels read', () => {
  const { spec, table } = rateTable(125_000, {});
  expect(spec).toEqual({ cellLog: 3, linklayer: 1, overhead: 0, cellAlign: -1, mpu: 0, rate: 125_000 });
  const row = (of: Uint8Array, at: number) => new DataView(of.buffer).getUint32(at * 4, true);
  expect([row(table, 0), row(table, 255)]).toEqual([1000, 256_000]);
  // one cell of ATM carries 48 bytes and takes 53
  expect(row(rateTable(125_000, { linkLayer: 'atm' }).table, 0)).toBe(6625);
  expect(row(rateTable(125_000, { mpu: 64 }).table, 0)).toBe(8000);
});
