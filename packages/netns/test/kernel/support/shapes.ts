import { apply, type NetworkDocument, UnsupportedError } from '../../../dist/index.js';

// Documents that shape devices in every way, for the tests of documents; also of those on an emulated machine, so it loads what is built.

const on = (shaped: object): object => ({ qdiscs: [], classes: [], filters: [], ...shaped });
export const at = (kind: string, options?: object) =>
  on({ qdiscs: [{ kind, handle: '1:', ...(options && { options }) }] });
const filtered = (...filters: object[]) => on({ qdiscs: [{ kind: 'clsact' }], filters });
const ip = { parent: 'ingress', protocol: 'ip' };
const drop = [{ kind: 'gact', verdict: 'drop' }];
/** Kinds that `tc` has words for here. */
export const shapes: Readonly<Record<string, object>> = {
  tbf: at('tbf', { rate: 10e6, burst: 15_000, latency: 50, overhead: 14, minimumPacket: 64 }),
  tbfPeak: at('tbf', { rate: 1e6, burst: 5_000, limit: 20_000, peakRate: 2e6, peakBurst: 1_600 }),
  pfifo: at('pfifo', { limit: 77 }),
  bfifo: at('bfifo', { limit: 7_777 }),
  prio: at('prio', { bands: 4, priorityMap: [1, 2, 2, 2, 1, 2, 0, 0, 3, 1, 1, 1, 1, 1, 1, 1] }),
  netem: at('netem', {
    ...{ delay: 40.5, jitter: 5, delayCorrelation: 0.25, loss: 0.01, duplicate: 0.02, corrupt: 0.001 },
    ...{ reorder: 0.1, reorderCorrelation: 0.5, gap: 5, rate: 2e6, packetOverhead: 20, limit: 500 },
  }),
  netemBursts: at('netem', {
    lossModel: { model: 'gemodel', p: 0.01, r: 0.3, h: 0.9, k1: 0.001 },
    slot: { minimumDelay: 1, maximumDelay: 2, packets: 8 },
    ecn: true,
  }),
  netemStates: at('netem', { lossModel: { model: 'state', p13: 0.01, p31: 0.4, p32: 0.1, p23: 0.9, p14: 0.001 } }),
  fqCodel: at('fq_codel', {
    limit: 999,
    target: 4,
    interval: 80,
    flows: 64,
    quantum: 300,
    ecn: false,
    dropBatch: 32,
  }),
  codel: at('codel', { limit: 999, target: 4, interval: 80, ecn: true }),
  fq: at('fq', { limit: 999, flowLimit: 50, maximumRate: 8e6, pacing: true, refillDelay: 20 }),
  pie: at('pie', { limit: 999, target: 20, updateEvery: 30, alpha: 3, beta: 25, ecn: true }),
  sfq: at('sfq', { limit: 120, depth: 100, divisor: 512, quantum: 1514, perturb: 10 }),
  sfqHead: at('sfq', { headDrop: true }),
  sfqPlain: at('sfq'),
  cake: at('cake', { bandwidth: 20e6, diffserv: 'diffserv4', flows: 'dual-dsthost', roundTrip: 50, nat: true }),
  htb: on({
    qdiscs: [
      { kind: 'htb', handle: '1:', options: { defaultClass: '20', rateToQuantum: 20 } },
      { kind: 'tbf', handle: '20:', parent: '1:20', options: { rate: 1e6, burst: 5_000, limit: 20_000 } },
    ],
    classes: [
      {
        kind: 'htb',
        handle: '1:20',
        parent: '1:1',
        options: { rate: 1e6, ceiling: 4e6, priority: 3, quantum: 3_000 },
      },
      { kind: 'htb', handle: '1:1', options: { rate: 10e6, burst: 20_000 } },
    ],
    filters: [
      {
        ...{ parent: '1:', protocol: 'ip', priority: 5, kind: 'u32', classId: '1:20' },
        options: { matches: [{ value: 0x0a000000, mask: 0xff000000, at: 16 }] },
      },
      { parent: '1:', priority: 6, protocol: 'all', kind: 'fw', handle: 7, classId: '1:20' },
    ],
  }),
  hfsc: on({
    qdiscs: [{ kind: 'hfsc', handle: '1:', options: { defaultClass: '1' } }],
    classes: [
      {
        ...{ kind: 'hfsc', handle: '1:1', parent: '1:' },
        options: { realTime: { rate: 1e6, first: 2e6, duration: 10 }, linkShare: { rate: 3e6 } },
      },
    ],
  }),
  drr: on({
    qdiscs: [{ kind: 'drr', handle: '1:' }],
    classes: [{ kind: 'drr', handle: '1:1', parent: '1:', options: { quantum: 2_000 } }],
  }),
  ingress: on({
    qdiscs: [{ kind: 'ingress' }],
    filters: [{ ...ip, priority: 1, kind: 'matchall', actions: [{ kind: 'mirred', mode: 'mirror', link: 'target' }] }],
  }),
  matchall: filtered(
    { ...ip, priority: 1, kind: 'matchall', actions: [{ kind: 'mirred', mode: 'redirect', link: 'target' }] },
    { ...ip, priority: 2, kind: 'matchall', actions: [{ kind: 'police', rate: 1e6, burst: 10_000, exceed: 'pipe' }] },
  ),
  flower: filtered(
    {
      ...{ ...ip, priority: 3, chain: 7, kind: 'flower', actions: drop },
      options: { from: '10.0.0.0/8', to: '192.0.2.1', ipProtocol: 6, destinationPort: 80, tos: 4, ttl: 64 },
    },
    {
      ...{ parent: 'egress', protocol: 'ipv6', priority: 4, kind: 'flower', classId: '1:9' },
      options: { sourceMac: '02:00:00:00:00:01', from: '2001:db8::/32', ipProtocol: 58 },
      actions: [{ kind: 'gact', verdict: { chain: 3 } }],
    },
  ),
  skbedit: filtered({
    ...{ ...ip, priority: 1, kind: 'matchall' },
    actions: [
      { kind: 'skbedit', mark: 7, priority: 0x10002 },
      { kind: 'vlan', mode: 'push', id: 7, priority: 2 },
    ],
  }),
  shared: filtered(
    { ...ip, priority: 1, kind: 'matchall', actions: [{ kind: 'police', rate: 1e6, burst: 10_000, index: 9 }] },
    { ...ip, priority: 2, kind: 'matchall', actions: [{ kind: 'police', rate: 1e6, burst: 10_000, index: 9 }] },
  ),
  u32Tables: filtered(
    { ...ip, priority: 9, kind: 'u32', handle: 0x00200000, options: { divisor: 4 } },
    {
      ...{ ...ip, priority: 9, kind: 'u32', actions: drop },
      options: { hashTable: 0x00203000, matches: [{ value: 0x1600, mask: 0xffff, at: 20 }] },
    },
    { ...ip, priority: 9, kind: 'u32', options: { linkTo: 0x00200000, matches: [] } },
    { ...ip, priority: 8, kind: 'u32', classId: '1:1', options: { matches: [{ value: 1, mask: 1, at: 0 }] } },
  ),
};

/** What `tc` has no words for here, or the document no options of its own: it is as the kernel has it. */
export const wordless: Readonly<Record<string, object>> = {
  ets: at('ets', { nbands: 3, nstrict: 1, quanta: { band: [3000, 1500] } }),
  cbs: at('cbs', { parms: { idleslope: 98_688, sendslope: -901_312, hicredit: 153, locredit: -1389 } }),
  flowerMore: filtered(
    {
      ...{ ...ip, priority: 1, kind: 'flower', actions: drop },
      options: {
        ...{ ipProtocol: 6, destinationPort: 0x1200, sourceMac: '02:00:00:00:00:00', tos: 0x10 },
        more: {
          ...{ keyTcpDstMask: 0xff00, keyEthSrcMask: 'ff:00:00:00:00:00', keyIpTosMask: 0x1c },
          ...{ keyTcpFlags: 2, keyTcpFlagsMask: 18, keyFlags: 1, keyFlagsMask: 1, flags: 1 },
        },
      },
    },
    {
      ...{ ...ip, priority: 2, kind: 'flower', actions: drop },
      options: {
        from: '10.0.0.0/255.0.255.0',
        ipProtocol: 17,
        more: {
          keyPortDstMin: 10,
          keyPortDstMax: 20,
          keyCtLabels: `0x${'00'.repeat(15)}01`,
          keyCtLabelsMask: `0x${'ff'.repeat(16)}`,
        },
      },
    },
    {
      ...{ parent: 'ingress', protocol: 'arp', priority: 3, kind: 'flower', classId: '1:1' },
      options: { more: { keyArpSip: '10.0.0.0', keyArpSipMask: '255.0.0.0', keyArpOp: 1, keyArpOpMask: 255 } },
    },
  ),
  bpf: filtered({
    ...{ ...ip, priority: 1, kind: 'bpf', classId: '1:1' },
    options: {
      instructions: '0x3000000000000000150000010600000006000000ffffffff0600000000000000',
      directAction: false,
    },
  }),
};

/** Each on a device of its own. */
const documentOf = (shaping: Readonly<Record<string, object>>) => {
  const bridges = [...Object.keys(shaping), 'target'].map((name) => [name, { kind: 'bridge', up: false }] as const);
  return { version: 1, namespaces: { blue: { links: Object.fromEntries(bridges), shaping } } } as NetworkDocument;
};

/** Not every kernel has every kind. */
export async function possibleOf(all: Readonly<Record<string, object>>): Promise<NetworkDocument> {
  try {
    await apply(documentOf(all), { dryRun: true });
    return documentOf(all);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
  }
  const possible: Record<string, object> = {};
  for (const [device, shape] of Object.entries(all)) {
    try {
      await apply(documentOf({ [device]: shape }), { dryRun: true });
      possible[device] = shape;
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw new Error(`${device}: ${error}`);
    }
  }
  return documentOf(possible);
}
