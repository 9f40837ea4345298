import { expect, it } from 'vitest';
import { defaultOptions } from '../options.ts';
import { type Part, toJson, toText, type View, value, when, words } from './fields.ts';
import { plain } from './paint.ts';

interface Thing {
  readonly name: string;
  readonly mtu?: number;
}

const view: View = { options: defaultOptions(), paint: plain, newline: '\n' };
const parts: readonly Part<Thing, View>[] = [
  value('name', '%: ', (thing) => thing.name),
  value('mtu', 'mtu % ', (thing) => thing.mtu),
  value('', 'text only %', (thing) => (thing.mtu === 0 ? 'zero' : undefined)),
  value('jsonOnly', '', (thing) => thing.mtu === 0),
  words((_thing, { newline }) => newline),
  when((thing) => thing.mtu !== undefined, [value('inner', '(%)', () => 1n)]),
];

it('says the same in both notations, from one description', () => {
  expect(toText(parts, { name: '$&' }, view)).toBe('$&: \n');
  expect(toJson(parts, { name: '$&' }, view)).toEqual({ name: '$&', jsonOnly: false });
  expect(toText(parts, { name: 'a', mtu: 0 }, view)).toBe('a: mtu 0 text only zero\n(1)');
  expect(toJson(parts, { name: 'a', mtu: 0 }, view)).toEqual({ name: 'a', mtu: 0, jsonOnly: true, inner: 1n });
});
