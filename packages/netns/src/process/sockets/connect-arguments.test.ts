import { expect, it } from 'vitest';
import { parseConnect } from './connect-arguments.ts';

const connected = () => {};

it.each<[unknown[], object]>([
  [[80], { options: { port: 80 } }],
  [[80, 'host', connected], { options: { port: 80, host: 'host' }, connected }],
  [['80', connected], { options: { port: '80' }, connected }],
  [['/path'], { options: { path: '/path' } }],
  [['\0abstract'], { options: { path: '\0abstract' } }],
  [[{ port: 1, host: 'h' }, connected], { options: { port: 1, host: 'h' }, connected }],
  [[[{ port: 1 }, connected]], { options: { port: 1 }, connected }],
])('reads %j', (args, expected) => {
  expect(parseConnect(args)).toMatchObject(expected);
});
