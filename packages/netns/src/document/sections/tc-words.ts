import { commandIn } from '../command-in.ts';
import { option, words } from './table-section.ts';

/** An entry of the section `shaping`: what the library takes, as plain values. */
export type Item = Readonly<Record<string, unknown>>;

/** Something of a kind that this has no words for. */
export class NoWords extends Error {}

type Writing = readonly (string | number | false | undefined)[];
/** The words behind the name of a kind. What is given was checked by the library, or came from the kernel. */
// biome-ignore lint/suspicious/noExplicitAny: each kind has options of its own
type Write = (options: any) => Writing;

const bits = (word: string, value: number | undefined) => value !== undefined && `${word} ${value}bit`;
const bytes = (word: string, value: number | undefined) => value !== undefined && `${word} ${Math.round(value)}b`;
/** Milliseconds; netem and what is as young keep nanoseconds. */
const time = (word: string, value: number | undefined) =>
  value !== undefined && `${word} ${Math.round(value * 1000)}us`;
const nanoseconds = (value: number) => `${Math.round(value * 1e6) / 1000}us`;
const percent = (value: number | undefined) => (value === undefined ? undefined : `${value * 100}%`);
const either = (value: boolean | undefined, yes: string, no: string) => value !== undefined && (value ? yes : no);
const each = (words: Readonly<Record<string, string>>, options: Item): Writing =>
  Object.entries(words).map(([key, word]) => option(word, options[key] as number | undefined));

const onTheLine: Write = ({ overhead, minimumPacket, linkLayer }) => [
  option('overhead', overhead),
  option('mpu', minimumPacket),
  option('linklayer', linkLayer),
];

const codel: Write = ({ limit, target, interval, ecn, markAbove }) => [
  option('limit', limit),
  time('target', target),
  time('interval', interval),
  either(ecn, 'ecn', 'noecn'),
  time('ce_threshold', markAbove),
];

const lossWords: Write = ({ loss, lossCorrelation, lossModel }) => {
  if (lossModel === undefined)
    return loss === undefined ? [] : ['loss random', percent(loss), percent(lossCorrelation)];
  const { model, p, r = 1 - p, h = 0, k1 = 0, p13, p31 = 1 - p13, p32 = 0, p23 = 1, p14 = 0 } = lossModel;
  // tc has the parts that come through in the bad state the other way round.
  return model === 'gemodel'
    ? ['loss gemodel', ...[p, r, 1 - h, k1].map(percent)]
    : ['loss state', ...[p13, p31, p32, p23, p14].map(percent)];
};

const netem: Write = (options) => {
  const { delay, jitter, delayCorrelation, slot, seed } = options;
  if (seed !== undefined || slot?.delay !== undefined) throw new NoWords('netem with a seed');
  const part = (word: string, value?: number, correlation?: number): Writing =>
    value === undefined ? [] : [word, percent(value), percent(correlation)];
  return [
    option('limit', options.limit),
    ...(delay === undefined && jitter === undefined
      ? []
      : ['delay', nanoseconds(delay ?? 0), jitter !== undefined && nanoseconds(jitter), percent(delayCorrelation)]),
    ...lossWords(options),
    ...part('duplicate', options.duplicate, options.duplicateCorrelation),
    ...part('corrupt', options.corrupt, options.corruptCorrelation),
    ...part('reorder', options.reorder, options.reorderCorrelation),
    option('gap', options.gap),
    bits('rate', options.rate),
    ...(options.rate === undefined ? [] : [options.packetOverhead, options.cellSize, options.cellOverhead].map(zero)),
    ...(slot === undefined
      ? []
      : [
          'slot',
          nanoseconds(slot.minimumDelay ?? 0),
          nanoseconds(slot.maximumDelay ?? slot.minimumDelay ?? 0),
          option('packets', slot.packets),
          option('bytes', slot.bytes),
        ]),
    options.ecn && 'ecn',
  ];
};

/** Numbers without a word of their own, which all those before need. */
const zero = (value: number | undefined) => String(value ?? 0);

const plainQueue: Write = ({ limit }) => [option('limit', limit)];
const none: Write = () => [];

const qdiscWords: Readonly<Record<string, Write>> = {
  pfifo: plainQueue,
  pfifo_head_drop: plainQueue,
  bfifo: ({ limit }) => [bytes('limit', limit)],
  prio: ({ bands, priorityMap }) => [
    option('bands', bands),
    priorityMap !== undefined && `priomap ${priorityMap.join(' ')}`,
  ],
  tbf: (options) => [
    bits('rate', options.rate),
    bytes('burst', options.burst),
    options.limit === undefined ? time('latency', options.latency) : bytes('limit', options.limit),
    bits('peakrate', options.peakRate),
    bytes('mtu', options.peakBurst),
    ...onTheLine(options),
  ],
  htb: ({ defaultClass, rateToQuantum, directQueueLength }) => [
    defaultClass !== undefined && `default ${defaultClass.split(':').pop()}`,
    option('r2q', rateToQuantum),
    option('direct_qlen', directQueueLength),
  ],
  hfsc: ({ defaultClass }) => [defaultClass !== undefined && `default ${defaultClass.split(':').pop()}`],
  netem,
  codel,
  fq_codel: (options) => [
    ...codel(options),
    ...each({ flows: 'flows', quantum: 'quantum', memoryLimit: 'memory_limit', dropBatch: 'drop_batch' }, options),
  ],
  fq: (options) => [
    ...each({ limit: 'limit', flowLimit: 'flow_limit', quantum: 'quantum' }, options),
    option('initial_quantum', options.initialQuantum),
    bits('maxrate', options.maximumRate),
    either(options.pacing, 'pacing', 'nopacing'),
    time('refill_delay', options.refillDelay),
    bits('low_rate_threshold', options.lowRateThreshold),
    time('ce_threshold', options.markAbove),
    time('horizon', options.horizon),
    either(options.horizonDrop, 'horizon_drop', 'horizon_cap'),
  ],
  pie: (options) => [
    option('limit', options.limit),
    time('target', options.target),
    time('tupdate', options.updateEvery),
    ...each({ alpha: 'alpha', beta: 'beta' }, options),
    either(options.ecn, 'ecn', 'noecn'),
    either(options.byteMode, 'bytemode', 'nobytemode'),
  ],
  cake: (options) => [
    options.bandwidth === undefined ? 'unlimited' : bits('bandwidth', options.bandwidth),
    options.diffserv,
    options.flows,
    time('rtt', options.roundTrip),
    option('overhead', options.overhead),
    option('mpu', options.minimumPacket),
    options.cells,
    option('memlimit', options.memoryLimit),
    either(options.nat, 'nat', 'nonat'),
    either(options.wash, 'wash', 'nowash'),
    either(options.ingress, 'ingress', 'egress'),
    options.autorateIngress && 'autorate-ingress',
    options.ackFilter,
    either(options.splitGso, 'split-gso', 'no-split-gso'),
    option('fwmark', options.markMask),
  ],
  sfq: (options) => {
    if (options.early !== undefined) throw new NoWords('sfq with red');
    const numbers = ['limit', 'depth', 'flows', 'divisor', 'quantum', 'perturb'];
    return [...numbers.map((name) => option(name, options[name])), options.headDrop && 'headdrop'];
  },
};

// biome-ignore lint/suspicious/noExplicitAny: see Write
const curve = (word: string, given: any): Writing =>
  given === undefined
    ? []
    : [
        word,
        given.duration !== undefined && words(bits('m1', given.first ?? 0), time('d', given.duration)),
        bits('m2', given.rate),
      ];

const classWords: Readonly<Record<string, Write>> = {
  htb: (options) => [
    bits('rate', options.rate),
    bits('ceil', options.ceiling),
    bytes('burst', options.burst),
    bytes('cburst', options.ceilingBurst),
    option('prio', options.priority),
    option('quantum', options.quantum),
    ...onTheLine(options),
  ],
  hfsc: ({ realTime, linkShare, upperLimit }) => [
    ...curve('rt', realTime),
    ...curve('ls', linkShare),
    ...curve('ul', upperLimit),
  ],
  drr: (options) => each({ quantum: 'quantum' }, options),
  qfq: (options) => each({ weight: 'weight', maximumPacket: 'maxpkt' }, options),
};

const hex = (value: number) => `0x${value.toString(16)}`;
const handleOf = (number: number) => `${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
const tableOf = (number: number) => `${(number >>> 20).toString(16)}:${((number >>> 12) & 0xff).toString(16)}:`;

const ipProtocols: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', 132: 'sctp' };

const filterWords: Readonly<Record<string, Write>> = {
  u32: ({ matches = [], divisor, hashTable, linkTo }) =>
    divisor !== undefined
      ? [`divisor ${divisor}`]
      : [
          hashTable !== undefined && `ht ${tableOf(hashTable)}`,
          linkTo !== undefined && `link ${tableOf(linkTo)}`,
          ...(matches.length === 0 ? [{ value: 0, mask: 0, at: 0, nextHeader: false }] : matches).map(
            ({ value, mask, at, nextHeader }: Readonly<Record<'value' | 'mask' | 'at' | 'nextHeader', number>>) =>
              `match u32 ${hex(value)} ${hex(mask)} at ${nextHeader ? 'nexthdr+' : ''}${at}`,
          ),
        ],
  flower: (options) => {
    if (options.more !== undefined) throw new NoWords('flower with more');
    return [
      option('indev', options.inputLink),
      option('src_mac', options.sourceMac),
      option('dst_mac', options.destinationMac),
      option('vlan_id', options.vlanId),
      option('vlan_prio', options.vlanPriority),
      options.vlanEtherType !== undefined && `vlan_ethtype ${hex(options.vlanEtherType)}`,
      options.ipProtocol !== undefined &&
        `ip_proto ${ipProtocols[options.ipProtocol] ?? options.ipProtocol.toString(16)}`,
      option('src_ip', options.from),
      option('dst_ip', options.to),
      option('src_port', options.sourcePort),
      option('dst_port', options.destinationPort),
      options.tos !== undefined && `ip_tos ${hex(options.tos)}`,
      option('ip_ttl', options.ttl),
    ];
  },
  matchall: none,
  fw: none,
};

/** What `tc` has words for. */
const verdicts: readonly string[] = ['continue', 'pass', 'reclassify', 'drop', 'pipe', 'trap'];

function verdictWords(verdict: unknown): string {
  if (typeof verdict === 'string' && verdicts.includes(verdict)) return verdict;
  const { chain, jump } = Object(verdict) as { readonly chain?: number; readonly jump?: number };
  if (chain !== undefined) return `goto chain ${chain}`;
  if (jump !== undefined) return `jump ${jump}`;
  throw new NoWords(`the verdict ${JSON.stringify(verdict)}`);
}

const actionWords: Readonly<Record<string, Write>> = {
  gact: ({ verdict }) => [verdictWords(verdict)],
  mirred: ({ direction = 'egress', mode, link }) => [direction, mode, `dev ${link}`],
  police: ({ rate, burst, mtu, exceed = 'drop', conform = 'pass' }) => [
    bits('rate', rate),
    bytes('burst', burst),
    bytes('mtu', mtu),
    `conform-exceed ${verdictWords(exceed)}/${verdictWords(conform)}`,
  ],
  skbedit: ({ mark, markMask, priority, queue }) => [
    mark !== undefined && `mark ${hex(mark)}${markMask === undefined ? '' : `/${hex(markMask)}`}`,
    priority !== undefined && `priority ${handleOf(priority)}`,
    option('queue_mapping', queue),
  ],
  vlan: ({ mode, id, protocol, priority }) => [
    mode,
    option('id', id),
    protocol !== undefined && `protocol ${hex(protocol)}`,
    option('priority', priority),
  ],
};

/** The words of a kind; kinds that have none are named alone while nothing is set. */
function kindWords(table: Readonly<Record<string, Write>>, { kind, name, options, raw }: Item): Writing {
  const write = table[kind as string];
  if (raw !== undefined || (write === undefined && Object.keys(Object(options)).length > 0))
    throw new NoWords(`${name ?? kind}`);
  return [(name ?? kind) as string, ...(write?.(options ?? {}) ?? [])];
}

function actionsOf(filter: Item): Writing {
  return ((filter.actions ?? []) as readonly Item[]).map((action) => {
    const write = actionWords[action.kind as string];
    if (write === undefined) throw new NoWords(`the action ${action.of ?? action.kind}`);
    return words('action', action.kind as string, ...write(action), option('index', action.index as number));
  });
}

export function qdiscCommand(namespace: string, verb: 'add' | 'delete', link: string, qdisc: Item): string {
  const { kind, parent, handle, ingressBlock, egressBlock } = qdisc;
  const isIngress = kind === 'clsact' || kind === 'ingress';
  const place = isIngress ? false : parent === undefined || parent === 'root' ? 'root' : `parent ${parent}`;
  return commandIn(
    namespace,
    words(
      `tc qdisc ${verb} dev ${link}`,
      place,
      ...(verb === 'delete'
        ? [isIngress && (kind as string)]
        : [
            !isIngress && option('handle', handle as string | undefined),
            option('ingress_block', ingressBlock as number | undefined),
            option('egress_block', egressBlock as number | undefined),
            ...kindWords(qdiscWords, qdisc),
          ]),
    ),
  );
}

export function classCommand(namespace: string, link: string, entry: Item): string {
  const { parent, handle } = entry;
  const place = parent === 'root' ? 'root' : `parent ${parent ?? `${String(handle).split(':')[0]}:`}`;
  return commandIn(
    namespace,
    words(`tc class add dev ${link}`, place, `classid ${handle}`, ...kindWords(classWords, entry)),
  );
}

export function filterCommand(namespace: string, link: string, entry: Item): string {
  const { kind, parent, protocol = 'all', priority, chain, handle, classId, options } = entry;
  const { mask } = Object(options) as { readonly mask?: number };
  const number =
    typeof handle !== 'number'
      ? undefined
      : kind === 'u32'
        ? `${(handle >>> 20).toString(16)}:`
        : `${hex(handle)}${kind === 'fw' && mask !== undefined ? `/${hex(mask)}` : ''}`;
  return commandIn(
    namespace,
    words(
      `tc filter add dev ${link}`,
      parent === 'ingress' || parent === 'egress' ? parent : option('parent', parent as string | undefined),
      `protocol ${typeof protocol === 'number' ? hex(protocol) : protocol}`,
      option('pref', priority as number | undefined),
      option('chain', (chain as number | undefined) || undefined),
      option('handle', number),
      ...kindWords(filterWords, entry),
      option('classid', classId as string | undefined),
      ...actionsOf(entry),
    ),
  );
}
