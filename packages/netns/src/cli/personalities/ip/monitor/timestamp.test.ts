import { expect, it } from 'vitest';
import { timestamp } from './timestamp.ts';

const moment = new Date(2026, 10, 3, 6, 5, 18, 882).getTime() * 1000 + 36;

it('is a line of its own, or stands in front of the line', () => {
  expect(timestamp(moment, false)).toBe('Timestamp: Tue Nov  3 06:05:18 2026 882036 usec\n');
  expect(timestamp(moment, true)).toBe('[2026-11-03T06:05:18.882036] ');
});
