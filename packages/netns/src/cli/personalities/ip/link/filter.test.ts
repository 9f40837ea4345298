import { expect, it } from 'vitest';
import { addressFlag } from '../../../../netlink/families/route/address.ts';
import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import { misuse } from '../exit.ts';
import { isOfKind, isShown, readFilter } from './filter.ts';
import type { Lookup } from './lookup.ts';
import { linkOf } from './testing.ts';

const read = (line: string) =>
  readFilter(
    line.split(' ').filter((word) => word !== ''),
    undefined,
    {
      lookup: { indexOf: (name: string) => (name === 'br0' ? 7 : 0) } as Lookup,
      help: () => {
        throw misuse('help');
      },
    },
  );

it('reads what to show', () => {
  expect(read('dev lo up type veth master br0 group default scope link label a*')).toEqual({
    family: undefined,
    flagMask: 0,
    flags: 0,
    device: 'lo',
    up: true,
    kind: 'veth',
    master: 7,
    group: 0,
    scope: 253,
    label: 'a*',
  });
  expect(read('to 10.0.0.0/8')).toMatchObject({ family: 'inet', within: { length: 8 } });
  expect(read('to any')).toEqual({ family: undefined, flagMask: 0, flags: 0 });
  expect(read('dynamic -tentative home primary')).toMatchObject({
    flagMask: addressFlag('permanent') | addressFlag('tentative') | addressFlag('home') | addressFlag('secondary'),
    flags: addressFlag('home'),
  });
});

it.each([
  ['lo eth0', 'either "dev" is duplicate, or "eth0" is garbage'],
  ['dev', 'Command line is not complete'],
  ['master nope', 'argument "nope" is wrong: Device does not exist\n'],
  ['scope nope', 'argument "nope" is wrong: invalid "scope"\n'],
  ['help', 'help'],
])('refuses %s', (line, message) => {
  expect(() => read(line)).toThrow(message);
});

const veth = linkOf({ flags: 1 }, { linkinfo: { kind: 'veth', slave: { kind: 'bridge' } }, master: 7, group: 5 });
const other = linkOf({}, { linkinfo: { kind: 'other', name: 'odd' } });
const shown = (line: string, link: LinkMessage) => [isOfKind(link, read(line)), isShown(link, read(line))];

it('chooses links', () => {
  expect(shown('type veth', veth)).toEqual([true, true]);
  expect(shown('type bridge_slave', veth)).toEqual([true, true]);
  expect(shown('type odd', other)).toEqual([true, true]);
  expect(shown('type odd', veth)).toEqual([false, true]);
  expect(shown('master br0', veth)).toEqual([true, true]);
  expect(shown('nomaster', veth)).toEqual([false, true]);
  expect(shown('up', veth)).toEqual([true, true]);
  expect(shown('up', other)).toEqual([true, false]);
  expect(shown('down', other)).toEqual([true, true]);
  expect(shown('down', veth)).toEqual([true, false]);
  expect(shown('group 6', veth)).toEqual([false, true]);
  expect(shown('group 6', other)).toEqual([true, true]);
});
