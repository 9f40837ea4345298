import { expect, it } from 'vitest';
import { link } from '../../../netlink/families/route/link.ts';
import { NLM_F_DUMP_INTR } from '../../../netlink/header.ts';
import { done, ScriptedKernel } from '../../../testing/scripted-kernel.ts';
import { WarningConnection } from './warning-connection.ts';

it.each([
  [9, []],
  [10, ['Dump was interrupted and may be inconsistent.\n']],
])('warns of a table that never comes to rest, and only of that: %i interruptions', (times, expected) => {
  const transport = new ScriptedKernel((request, index) => [done(request, index < times ? NLM_F_DUMP_INTR : 0)]);
  const said: string[] = [];
  const connection = new WarningConnection({ transport }, (text) => said.push(text));
  expect(connection.dumpSync(link, {}, { operation: 'list links' }).messages).toEqual([]);
  expect(said).toEqual(expected);
});
