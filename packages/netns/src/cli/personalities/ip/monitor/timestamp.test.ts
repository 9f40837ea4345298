import { expect, it } from 'vitest';
import { recordedAt, timestamp } from './timestamp.ts';

const moment = new Date(2026, 10, 3, 6, 5, 18, 882).getTime() * 1000 + 36;

it('is a line of its own, or stands in front of the line', () => {
  expect(timestamp(moment, false)).toBe('Timestamp: Tue Nov  3 06:05:18 2026 882036 usec\n');
  expect(timestamp(moment, true)).toBe('[2026-11-03T06:05:18.882036] ');
});

it('tells of a moment in a file', () => {
  const seconds = new Date(2026, 10, 3, 6, 5, 18).getTime() / 1000;
  expect(recordedAt(seconds, 36)).toBe('Timestamp: Tue Nov  3 06:05:18 2026 36 us\n');
});
