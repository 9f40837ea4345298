import { expect, it } from 'vitest';
import { fakeIo } from '../fake-io.ts';
import { verb } from './capture.ts';

it.each([
  [[], 'which device?'],
  [['red:'], 'names no device'],
  [['net:[4026531840]'], 'names no device'],
  [['red:eth0', '--in', '--out'], 'leave nothing'],
  [['red:eth0', '--ring', '1M'], 'needs a file'],
  [['red:eth0', '-w', '-', '--ring', '1M'], 'needs a file'],
  [['red:eth0', '-w', 'x', '--ring', '1M:0'], 'number from 1'],
  [['red:eth0', '-w', 'x', '--ring', '1M:2:3'], 'no ring'],
  [['red:eth0', '-c', 'x'], 'number from 1'],
  [['red:eth0', '-B', 'much'], 'no size'],
])('refuses the words %j', async (words, reason) => {
  const { io, text } = fakeIo();
  expect(await verb.main(words, io)).toBe(2);
  expect(text.stderr).toContain(reason);
});
