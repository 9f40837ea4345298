import { expect, it } from 'vitest';
import type { Session } from './session.ts';
import { runSubCommand, type SubCommand } from './sub-commands.ts';

const say = (number: number) => async () => () => number;
const rows: readonly SubCommand[] = [
  { words: 'list* lst', load: say(1) },
  { words: 'lose*', load: say(2) },
];
const run = (...words: string[]) => runSubCommand('thing', rows, say(3), {} as Session, words);

it('takes the first command that the word begins', async () => {
  expect(await Promise.all([run('l'), run('lst'), run('lo'), run()])).toEqual([1, 1, 2, 3]);
});

it.each(['ls', 'loser', ''])('refuses %j', async (word) => {
  await expect(run(word)).rejects.toThrow(`Command "${word}" is unknown, try "ip thing help".`);
});
