import { expect, it } from 'vitest';
import { defaultOptions } from '../options.ts';
import { host, type Part, toJson, toText, type View, value, when, words } from './fields.ts';
import { plain } from './paint.ts';

interface Thing {
  readonly name: string;
  readonly mtu?: number;
}

const view: View = { options: defaultOptions(), paint: plain, newline: '\n', host: String };
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

it('shows the name of a host in the place of its address, in both notations', () => {
  const named: View = { ...view, host: (address) => (address === '10.0.0.1' ? 'router' : address) };
  const gateway = [host('gateway', 'via % ', ({ name }: Thing) => (name === '' ? undefined : name))];
  expect(toText(gateway, { name: '10.0.0.1' }, named)).toBe('via router ');
  expect(toJson(gateway, { name: '10.0.0.1' }, named)).toEqual({ gateway: 'router' });
  expect(toJson(gateway, { name: '10.0.0.2' }, named)).toEqual({ gateway: '10.0.0.2' });
  expect(toText(gateway, { name: '' }, named)).toBe('');
});
