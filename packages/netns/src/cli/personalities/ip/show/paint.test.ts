import { expect, it } from 'vitest';
import { paintFor } from './paint.ts';

const painted = (...args: Parameters<typeof paintFor>) => paintFor(...args)('up', 'UP ');

it('paints when asked to', () => {
  expect(painted('always', false, {})).toBe('\u001b[32mUP \u001b[0m');
  expect(painted('auto', true, {})).toBe('\u001b[32mUP \u001b[0m');
  expect(painted('auto', false, {})).toBe('UP ');
  expect(painted('never', true, {})).toBe('UP ');
  expect(paintFor('always', false, {})(undefined, 'x')).toBe('x');
});

it('knows NO_COLOR and dark backgrounds', () => {
  expect(painted('always', true, { NO_COLOR: '1' })).toBe('UP ');
  expect(painted('always', true, { NO_COLOR: '' })).toBe('\u001b[32mUP \u001b[0m');
  expect(painted('always', true, { COLORFGBG: '15;0' })).toBe('\u001b[1;32mUP \u001b[0m');
  expect(painted('always', true, { COLORFGBG: '15;default;8' })).toBe('\u001b[1;32mUP \u001b[0m');
  expect(painted('always', true, { COLORFGBG: '0;15' })).toBe('\u001b[32mUP \u001b[0m');
});
