import { expect, it } from 'vitest';
import { addressesInHosts, namesInHosts } from './hosts.ts';

const text = `127.0.0.1\tlocalhost Local # comment
::1 localhost ip6-localhost
fe80::1%lo zoned
not-an-address wrong
# 10.0.0.1 commented
10.0.0.2`;

it('finds the addresses of a name, whatever its case', () => {
  expect(addressesInHosts(text, 'LOCALHOST.')).toEqual([
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
  expect(addressesInHosts(text, 'zoned')).toEqual([{ address: 'fe80::1%lo', family: 6 }]);
  for (const name of ['wrong', 'commented', '']) expect(addressesInHosts(text, name)).toEqual([]);
});

it('finds the names of an address, however it is written', () => {
  expect(namesInHosts(text, '0:0::0:1')).toEqual(['localhost', 'ip6-localhost']);
  expect(namesInHosts(text, '10.0.0.2')).toEqual([]);
});
