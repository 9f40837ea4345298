import { expect, it } from 'vitest';
import { vrfNamed } from './vrf.ts';

const links = {
  named: (name: string) => {
    if (name === 'nope') return undefined;
    return { header: { index: 9 }, attributes: { linkinfo: { kind: name, data: { table: 77 } } } };
  },
};

it('gives index and table of a VRF', () => {
  expect(vrfNamed(links, 'vrf')).toEqual({ index: 9, table: 77 });
});

it.each(['nope', 'bridge'])('refuses %s', (name) => {
  const message = `Error: argument "${name}" is wrong: Invalid VRF\n\n`;
  expect(() => vrfNamed(links, name)).toThrow(expect.objectContaining({ message, code: 255 }));
});
