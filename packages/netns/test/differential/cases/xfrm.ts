import { AF_INET, AF_INET6 } from '../../../src/netlink/families/route/address-families.ts';
import {
  xfrmAcquire,
  xfrmAsyncEvent,
  xfrmMapping,
  xfrmPolicy,
  xfrmReport,
} from '../../../src/netlink/families/xfrm/xfrm.ts';
import { NLMSG_HDRLEN } from '../../../src/netlink/header.ts';
import { parseIpAddress } from '../../../src/wire/ip-address.ts';
import type { Case } from '../case.ts';

/** An address as the kernel has it: sixteen bytes, whatever its family. */
function bytesOf(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(parseIpAddress(address) ?? []);
  return bytes;
}

const from4 = bytesOf('10.0.0.1');
const to4 = bytesOf('10.0.0.2');
const from6 = bytesOf('fd00::1');
const to6 = bytesOf('fd00::2');
const all = 0xffff_ffff;
const masks = { aalgos: all, ealgos: all, calgos: all };
const sel4 = { saddr: from4, daddr: to4, family: AF_INET, prefixlenS: 32, prefixlenD: 24 };
const sel6 = { saddr: from6, daddr: to6, family: AF_INET6, prefixlenS: 128, prefixlenD: 128 };
const esp = 50;
const ah = 51;
const secCtx = { len: 13, exttype: 8, ctxAlg: 1, ctxDoi: 1, ctxLen: 5, rest: new TextEncoder().encode('abcd\0') };
const mark = { value: 1, mask: 0xff };
const template = {
  id: { daddr: to6, spi: 1, proto: ah },
  family: AF_INET6,
  saddr: from6,
  reqid: 5,
  mode: 1,
  optional: 1,
};
const ports = { proto: 17, sport: 33_000, sportMask: 0xffff, dport: 9, dportMask: 0xffff };

/** Each length is a multiple of four: no padding between them. */
function message(type: number, payload: Uint8Array): Uint8Array {
  const whole = new Uint8Array(NLMSG_HDRLEN + payload.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, whole.length, true);
  view.setUint16(4, type, true);
  whole.set(payload, NLMSG_HDRLEN);
  return whole;
}

const acquire = (value: Parameters<typeof xfrmAcquire.encode>[0]) => message(0x17, xfrmAcquire.encode(value));
const asyncEvent = (value: Parameters<typeof xfrmAsyncEvent.encode>[0]) => message(0x1e, xfrmAsyncEvent.encode(value));
const report = (value: Parameters<typeof xfrmReport.encode>[0]) => message(0x20, xfrmReport.encode(value));
const mapping = (value: Parameters<typeof xfrmMapping.encode>[0]) => message(0x26, xfrmMapping.encode(value));

/** What no kernel has to be made to say. */
const events = [
  acquire({
    header: {
      id: { daddr: to4, proto: esp },
      saddr: from4,
      sel: { ...sel4, ...ports },
      policy: { sel: sel4, dir: 1 },
      ...masks,
      seq: 1_193_131,
    },
    attributes: { policyType: { type: 0 } },
  }),
  acquire({
    header: {
      id: { daddr: to6, spi: 7, proto: ah },
      saddr: from6,
      sel: sel6,
      policy: { sel: sel6, dir: 4, action: 1, flags: 3, share: 1, priority: 9, index: 8 },
      ...masks,
    },
    attributes: { tmpl: [template, { ...template, optional: 0 }], policyType: { type: 1 }, mark, ifId: 7, secCtx },
  }),
  acquire({ header: { id: { daddr: to4, proto: esp }, saddr: from4, policy: { dir: 1 } } }),
  ...[0, 16, 32, 64, 127, 160].map((flags) =>
    asyncEvent({
      header: { id: { daddr: to4, spi: 0x12, family: AF_INET, proto: esp }, saddr: from4, flags, reqid: 77 },
    }),
  ),
  asyncEvent({ header: { id: { daddr: to6, family: AF_INET6, proto: ah }, saddr: from6 }, attributes: { mark } }),
  report({ header: { proto: 60, sel: sel6 }, attributes: { coaddr: bytesOf('fd00::9') } }),
  report({ header: { proto: 99, sel: {} } }),
  report({ header: { proto: esp, sel: { ...sel4, proto: 6, dport: 80, dportMask: 0xffff, ifindex: 1 } } }),
  mapping({
    header: {
      id: { daddr: to6, spi: 5, family: AF_INET6, proto: esp },
      reqid: 6,
      oldSaddr: from6,
      newSaddr: bytesOf('fd00::4'),
      oldSport: 4500,
      newSport: 4501,
    },
  }),
  message(0x13, xfrmPolicy.encode({ header: { sel: sel4, dir: 2 }, attributes: { secCtx, mark } })),
  message(0x21, new Uint8Array(80)),
  message(15, new Uint8Array(8)),
  message(3, new Uint8Array(4)),
];
const base64 = Buffer.concat(events).toString('base64');
const setup = `printf %s ${base64} | base64 -d > events; head -c 100 events > cut; printf abc > short`;

/** Events of IPsec from a file: this way their text is compared where the kernel has no IPsec, too. */
export const xfrmCases: readonly Case[] = [
  'xfrm monitor file ../events',
  '-s xfrm monitor f ../events',
  '-o xfrm monitor report fil ../events nokeys',
  '-o -s xfrm monitor all file ../events',
  '-6 xfrm monitor file ../events',
  '-j xfrm monitor file ../events',
  'xfrm monitor file ../cut',
  'xfrm monitor file ../short',
  'xfrm monitor file ../nope',
  'xfrm monitor file ../nope foo',
  'xfrm monitor file',
  'xfrm monitor foo',
  'xfrm monitor help',
].map((line): Case => ({ line, setup }));
