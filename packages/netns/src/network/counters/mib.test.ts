import { expect, it } from 'vitest';
import { isCounter, readNamedLines, readPairedLines } from './mib.ts';

it('pairs names with values, group by group', () => {
  const found: Record<string, bigint> = {};
  readPairedLines('Ip: Forwarding InReceives\nIp: 1 18446744073709551615\nTcp: MaxConn X\nTcp: -1 2\n', found);
  expect(found).toEqual({ IpForwarding: 1n, IpInReceives: 18_446_744_073_709_551_615n, TcpMaxConn: -1n, TcpX: 2n });
});

it('passes over what makes no sense', () => {
  const found: Record<string, bigint> = {};
  readPairedLines('Ip: A B\nTcp: 1 2\nUdp: A B C\nUdp: 1 x\nlonely', found);
  readPairedLines('', found);
  readNamedLines('Ip6A \t7\n\nIp6B\nIp6C x\n', found);
  expect(found).toEqual({ UdpA: 1n, Ip6A: 7n });
});

it('knows what is no counter', () => {
  expect(['IpForwarding', 'TcpCurrEstab', 'TcpInSegs'].map(isCounter)).toEqual([false, false, true]);
});
