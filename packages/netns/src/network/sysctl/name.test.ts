import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../errors.ts';
import { sysctlName, sysctlPath, sysctlPattern } from './name.ts';

describe('names of sysctls', () => {
  it.each([
    ['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
    ['net/ipv4/ip_forward', 'net/ipv4/ip_forward'],
    ['net.ipv4.conf.eth0/5.forwarding', 'net/ipv4/conf/eth0.5/forwarding'],
    ['net/ipv4/conf/eth0.5/forwarding', 'net/ipv4/conf/eth0.5/forwarding'],
    ['net.ipv4.conf.//.x', undefined],
    ['net/ipv4/../../kernel/hostname', undefined],
    ['net.ipv4.\0', undefined],
    ['kernel.hostname', undefined],
    ['net', undefined],
    ['', undefined],
  ])('%j is the file %j', (name, path) => {
    if (path === undefined) expect(() => sysctlPath(name)).toThrow(InvalidArgumentError);
    else expect(sysctlPath(name)).toBe(path);
  });

  it('are the same whichever separator they are written with, and never lead out of net', () => {
    const part = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom('.', '/'), (parts, separator) => {
        const name = ['net', ...parts].join(separator);
        let path: string;
        try {
          path = sysctlPath(name);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
          return;
        }
        expect(path.startsWith('net/')).toBe(true);
        expect(path.split('/')).not.toContain('..');
        expect(sysctlPath(sysctlName(path))).toBe(path);
      }),
    );
  });

  it.each([
    ['net', 'net', ['net/core/somaxconn'], []],
    ['net.ipv4.conf.*.rp_filter', 'net/ipv4/conf', ['net/ipv4/conf/e.5/rp_filter'], ['net/ipv4/conf/e/log']],
    ['net.ipv4.tcp_*', 'net/ipv4', ['net/ipv4/tcp_rmem'], ['net/ipv4/udp_mem', 'net/ipv4/conf/tcp_x']],
    ['net.ipv4.conf.lo', 'net/ipv4/conf/lo', ['net/ipv4/conf/lo/tag'], ['net/ipv4/conf/lo2/tag']],
    ['net.ipv4.(a|b)', 'net/ipv4/(a|b)', ['net/ipv4/(a|b)'], ['net/ipv4/a']],
  ])('the pattern %s looks in %s', (pattern, from, yes, no) => {
    const { from: found, matches } = sysctlPattern(pattern);
    expect(found).toBe(from);
    expect([...yes, ...no].map(matches)).toEqual([...yes.map(() => true), ...no.map(() => false)]);
  });
});
