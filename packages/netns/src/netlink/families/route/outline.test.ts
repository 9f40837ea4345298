import { describe, expect, it } from 'vitest';
import { loadFixtures } from '../../../../test/codec/load.ts';
import { sliceOf } from '../../../wire/slice.ts';
import { address } from './address.ts';
import { link } from './link.ts';
import { addressOutline, linkOutline } from './outline.ts';

const payloads = (type: number) =>
  loadFixtures().flatMap(({ bytes, protocol = 0 }) => {
    const view = new DataView(bytes.buffer);
    const own = protocol === 0 && bytes.length > 16 && view.getUint16(4, true) === type;
    return own ? [sliceOf(bytes.subarray(16, view.getUint32(0, true)))] : [];
  });

describe('outlines', () => {
  it('of links say what links say, of captured messages', () => {
    const links = payloads(16);
    expect(links.length).toBeGreaterThan(50);
    // More than once: the first are interpreted, the others compiled.
    for (let round = 0; round < 5; round++)
      for (const payload of links) {
        const { header, attributes } = link.decode(payload);
        const { address, ifname, mtu, link: other, master, linkNetnsid, linkinfo } = attributes;
        const { unknown, linkinfo: info, ...outline } = linkOutline.decode(payload).attributes;
        expect(unknown).toBeUndefined();
        const kind = (from: typeof linkinfo | typeof info) => (from?.kind === 'other' ? from.name : from?.kind);
        expect(kind(info)).toBe(kind(linkinfo));
        if (linkinfo?.kind === 'vxlan' && linkinfo.data?.id !== undefined)
          expect(info).toMatchObject({ data: { id: linkinfo.data.id } });
        expect(linkOutline.decode(payload).header).toEqual(header);
        expect({ ...outline, extMask: undefined, targetNetnsid: undefined }).toEqual({
          ...{ address, ifname, mtu, link: other, master, linkNetnsid, extMask: undefined, targetNetnsid: undefined },
        });
      }
  });

  it('of addresses likewise', () => {
    const addresses = payloads(20);
    expect(addresses.length).toBeGreaterThan(10);
    for (let round = 0; round < 20; round++)
      for (const payload of addresses) {
        const { header, attributes } = address.decode(payload);
        const outline = addressOutline.decode(payload);
        expect(outline.header).toEqual(header);
        expect(outline.attributes).toEqual({ address: attributes.address, local: attributes.local });
      }
  });
});
