import { describe, expect, it } from 'vitest';
import { bitsOf, familyNameOf, familyNumberOf, hookNameOf, hookNumberOf, priorityOf } from './words.ts';

describe('the words of a firewall', () => {
  it('are numbers of the kernel, by family', () => {
    expect(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'].map((family) => familyNumberOf(family as 'ip'))).toEqual([
      2, 10, 1, 3, 7, 5,
    ]);
    expect([familyNameOf(10), familyNameOf(77), familyNumberOf('77' as 'ip')]).toEqual(['ip6', '77', 77]);
    expect([hookNumberOf('inet', 'ingress'), hookNumberOf('netdev', 'ingress'), hookNumberOf('arp', 'output')]).toEqual(
      [5, 0, 1],
    );
    expect([hookNameOf('arp', 0), hookNameOf('netdev', 1), hookNameOf('ip', 9)]).toEqual(['input', 'egress', '9']);
    expect([priorityOf('ip', 'dstnat'), priorityOf('bridge', 'dstnat'), priorityOf('ip', -7)]).toEqual([
      -100, -300, -7,
    ]);
  });

  it('are refused when they are none', () => {
    expect(() => familyNumberOf('ipv4' as 'ip')).toThrow('invalid family "ipv4": it must be one of inet, ip,');
    expect(() => hookNumberOf('ip', 'egress')).toThrow('in a table of the family ip it must be one of prerouting,');
    expect(() => priorityOf('ip', 'out')).toThrow('invalid priority "out"');
    expect(() => bitsOf(['a', 'b'], ['c'], 'flags')).toThrow('invalid flags "c": it must be one of a, b');
  });

  it('stand for bits', () => {
    expect([
      bitsOf(['a', 'b'], ['b', 'a'], 'flags'),
      bitsOf(['a'], [], 'flags'),
      bitsOf(['a'], undefined, 'flags'),
    ]).toEqual([3, 0, undefined]);
    // What is listed of bits without a word, all together.
    expect(bitsOf(['a'], ['a', '0x80000006'], 'flags')).toBe(0x80000007);
  });
});
