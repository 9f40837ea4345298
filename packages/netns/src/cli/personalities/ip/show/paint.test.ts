import { expect, it } from 'vitest';
import { paintFor } from './paint.ts';

const painted = (...args: Parameters<typeof paintFor>) => paintFor(...args)('up', 'UP ');

const bold = '\u001b[1;32mUP \u001b[0m';
const thin = '\u001b[32mUP \u001b[0m';

it('paints when asked to', () => {
  expect(painted('always', false, {})).toBe(bold);
  expect(painted('auto', true, {})).toBe(bold);
  expect(painted('auto', false, {})).toBe('UP ');
  expect(painted('never', true, {})).toBe('UP ');
  expect(paintFor('always', false, {})(undefined, 'x')).toBe('x');
});

it('never paints with NO_COLOR', () => {
  expect(painted('always', true, { NO_COLOR: '1' })).toBe('UP ');
  expect(painted('auto', true, { NO_COLOR: '1' })).toBe('UP ');
  expect(painted('always', true, { NO_COLOR: '' })).toBe(bold);
});

it.each(['15;0', '15;default;8', '6', '7', '', ';6'])('is bold on a dark background (%s)', (COLORFGBG) => {
  expect(painted('always', true, { COLORFGBG })).toBe(bold);
});

it.each(['0;15', ';7', ';9', ';06', ';default', ';;', '0;0;'])('is not on a light one (%s)', (COLORFGBG) => {
  expect(painted('always', true, { COLORFGBG })).toBe(thin);
});
