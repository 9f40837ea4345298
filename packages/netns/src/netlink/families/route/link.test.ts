import { describe, expect, it } from 'vitest';
import { extMaskFlag, link, linkFlag } from './link.ts';

describe('link', () => {
  it('has the masks of flags by name', () => {
    expect([linkFlag('UP'), linkFlag('MULTICAST'), linkFlag('LOWER_UP'), linkFlag('ECHO')]).toEqual([
      1, 0x1000, 0x10000, 0x40000,
    ]);
    expect([extMaskFlag('vf'), extMaskFlag('skip_stats')]).toEqual([1, 8]);
  });

  it('reads attributes of bridge messages as bridge attributes', () => {
    const vlans = [
      { flags: 6, vid: 1 },
      { flags: 0, vid: 100 },
    ];
    const value = { header: { family: 7 }, attributes: { bridgePort: { state: 3 }, bridgeSpec: { vlanInfo: vlans } } };
    const { attributes } = link.decode(link.encode(value));
    expect(attributes).toEqual(value.attributes);
    expect(attributes.afSpec).toBeUndefined();
  });
});
