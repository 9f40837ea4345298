import { describe, expect, it } from 'vitest';
import { descriptorsIn } from './in-flight.ts';

/** A control message, padded. */
function message(level: number, type: number, ...numbers: number[]): number[] {
  const bytes = Buffer.alloc(Math.ceil((16 + 4 * numbers.length) / 8) * 8);
  bytes.writeUInt32LE(16 + 4 * numbers.length, 0);
  bytes.writeInt32LE(level, 8);
  bytes.writeInt32LE(type, 12);
  for (const [index, number] of numbers.entries()) bytes.writeInt32LE(number, 16 + 4 * index);
  return [...bytes];
}

const read = (...messages: number[][]) => descriptorsIn(Uint8Array.from(messages.flat()));

describe('descriptorsIn', () => {
  it('finds descriptors among other control messages', () => {
    expect(read(message(1, 2, 10, 0, 0), message(1, 1, 5, 6, 7), message(1, 4, 8))).toEqual([5, 6, 7, 8]);
    expect(read(message(41, 1, 5))).toEqual([]);
    expect(read()).toEqual([]);
  });

  it('takes nothing from beyond the end', () => {
    const whole = Uint8Array.from(message(1, 1, 5, 6));
    for (let length = 0; length < whole.length; length++) {
      const found = descriptorsIn(whole.subarray(0, length));
      expect([[], [5], [5, 6]]).toContainEqual(found);
    }
  });
});
