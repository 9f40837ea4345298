import { expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

const callback = () => {};

it.each<[unknown[], object]>([
  [[80], { options: { port: 80 } }],
  [[80, 'host', callback], { options: { port: 80, host: 'host' }, callback }],
  [['80', callback], { options: { port: '80' }, callback }],
  [['/path'], { options: { path: '/path' } }],
  [['\0abstract'], { options: { path: '\0abstract' } }],
  [[{ port: 1, host: 'h' }, callback], { options: { port: 1, host: 'h' }, callback }],
  [[[{ port: 1 }, callback]], { options: { port: 1 }, callback }],
])('reads %j', (args, expected) => {
  expect(parseArguments(args)).toMatchObject(expected);
});
