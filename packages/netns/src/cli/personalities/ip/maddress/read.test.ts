import { expect, it } from 'vitest';
import { readIpv4, readIpv6, readLinkLayer } from './read.ts';

it('reads the three files of the kernel', () => {
  expect(
    readLinkLayer('2    v1              1     0     333300000001\n3    v0              2     1     01005e000009\n'),
  ).toEqual([
    { index: 2, name: 'v1', family: 'link', address: '33:33:00:00:00:01', users: 1, static: false },
    { index: 3, name: 'v0', family: 'link', address: '01:00:5e:00:00:09', users: 2, static: true },
  ]);
  expect(
    readIpv4(
      'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n12\tlongname15chars:     1      V3\n\t\t\t\tFB0000E0     3 0:00000000\t\t0\n',
    ),
  ).toEqual([
    { index: 1, name: 'lo', family: 'inet', address: '224.0.0.1', users: 1, static: false },
    { index: 12, name: 'longname15chars', family: 'inet', address: '224.0.0.251', users: 3, static: false },
  ]);
  expect(readIpv6('1    lo              ff020000000000000000000000000001     1 0000000C 0\n')).toEqual([
    { index: 1, name: 'lo', family: 'inet6', address: 'ff02::1', users: 1, static: false },
  ]);
});

it('passes over what makes no sense', () => {
  for (const read of [readLinkLayer, readIpv4, readIpv6]) expect(read('\nnonsense\n1 2\n\tx y\n')).toEqual([]);
});
