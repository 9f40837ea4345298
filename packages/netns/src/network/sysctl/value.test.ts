import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../errors.ts';
import { formatSysctl, parseSysctl } from './value.ts';

describe('values of sysctls', () => {
  it.each([
    ['net.ipv4.ip_forward', '1\n', 1],
    ['net.ipv4.tcp_rmem', '4096\t131072\t33554432\n', [4096, 131_072, 33_554_432]],
    ['net.ipv4.ping_group_range', '1\t0\n', [1, 0]],
    ['net.ipv4.ip_local_reserved_ports', '\n', ''],
    ['net.ipv4.ip_local_reserved_ports', '8080\n', '8080'],
    ['net.ipv4.tcp_congestion_control', 'bbr\n', 'bbr'],
    ['net.ipv4.tcp_available_congestion_control', 'reno bbr\n', 'reno bbr'],
    ['net.ipv6.conf.lo.stable_secret', '0000:1\n', '0000:1'],
    ['net.unheard.of', '-5\n', -5],
    ['net.unheard.of', '1 2\n', [1, 2]],
    ['net.unheard.of', '1 two\n', '1 two'],
    ['net.unheard.of', '18446744073709551615\n', '18446744073709551615'],
  ])('%s: %j is %j', (name, content, value) => {
    expect(parseSysctl(name, content)).toEqual(value);
    expect(formatSysctl(name, value)).toBe(content.trim().replace(/^1 2$/, '1\t2'));
  });

  it.each([
    [true, '1'],
    [false, '0'],
    [[1, 2], '1\t2'],
    ['a b', 'a b'],
  ])('%j is written as %j', (value, text) => {
    expect(formatSysctl('net.x', value)).toBe(text);
  });

  it.each([
    Number.NaN,
    1.5,
    2 ** 60,
    'a\nb',
    'a\0',
    [1, Number.NaN],
    [Symbol('s')],
    Object.create(null),
    'x'.repeat(4096),
    undefined,
    null,
    {},
  ])('%j is refused', (value) => {
    expect(() => formatSysctl('net.x', value as never)).toThrow(InvalidArgumentError);
  });
});
