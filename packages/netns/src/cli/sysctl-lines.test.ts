import { expect, it } from 'vitest';
import { parseAssignment, parseSysctlFile } from './sysctl-lines.ts';
import { UsageError } from './verb.ts';

it('reads files as sysctl.conf(5) says', () => {
  const text = '# a\n; b\n\n net.ipv4.ip_forward = 1 \n-net.x.y=2\n- net.x.z = a = b\nnet.ipv4.tcp_rmem = 1 2 3\n';
  expect(parseSysctlFile(text, 'f')).toEqual([
    { name: 'net.ipv4.ip_forward', value: '1', optional: false },
    { name: 'net.x.y', value: '2', optional: true },
    { name: 'net.x.z', value: 'a = b', optional: true },
    { name: 'net.ipv4.tcp_rmem', value: '1 2 3', optional: false },
  ]);
});

it.each(['net.ipv4.ip_forward', '= 1', '-=1'])('names the line that is %j', (line) => {
  expect(() => parseSysctlFile(`\n${line}`, 'f')).toThrow(new UsageError(`f:2: '${line}' is not NAME = VALUE`));
});

it('takes a word without a value for no assignment', () => {
  expect(parseAssignment('net.ipv4.ip_forward')).toBeUndefined();
});
