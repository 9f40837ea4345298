import type { qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { Out } from '../../../../wire/shape.ts';
import { type Kind, kind } from './kind.ts';
import { none, number, numbers, read, size as sizeWord } from './read.ts';
import { hex, size } from './values.ts';

type Data<K extends keyof typeof qdiscKinds> = Out<(typeof qdiscKinds)[K]>;

const packets: Kind = kind<Data<'pfifo'>>({
  print: (say, { limit }) => say.value('limit', 'limit %p', limit),
  read: (words) => {
    const draft: { limit?: number } = {};
    read(words, draft, { limit: (take) => ({ limit: sizeWord(take(), 'limit') }) });
    return draft.limit === undefined ? undefined : draft;
  },
});

/** An empty list of attributes behind the struct: what once said that each of the device's queues has a band. */
const noMultiqueue = Uint8Array.of(4, 0, 2, 0);

const bands: Kind = kind<Data<'prio'>>({
  print(say, data) {
    say.value('bands', 'bands % ', data.bands);
    say.value('priomap', 'priomap%', [...data.priomap], data.priomap.map((band) => ` ${band}`).join(''));
    say.member('multiqueue', false);
  },
  read(words) {
    const draft = { bands: 3, priomap: [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1] };
    read(words, draft, {
      bands: (take) => ({ bands: number(take(), 'bands') }),
      priomap: (_take, words) => {
        const given = numbers(words, 16);
        return { priomap: [...given, ...draft.priomap.slice(given.length)] };
      },
    });
    return { ...draft, rest: noMultiqueue };
  },
});

/** Plain queues and what has few settings. */
export const simpleKinds: Readonly<Record<string, Kind>> = {
  pfifo: packets,
  pfifo_head_drop: packets,
  bfifo: { ...packets, ...kind<Data<'bfifo'>>({ print: (say, { limit }) => size(say, 'limit', 'limit %', limit) }) },
  pfifo_fast: { ...bands, read: none },
  prio: { ...bands, class: { read: none } },
  noqueue: { read: none },
  mq: { read: none },
  ingress: { read: none, print: (say) => say.words('---------------- ') },
  clsact: { read: none },
  multiq: kind<Data<'multiq'>>({
    print: (say, data) => say.words(`bands ${data.bands}/${data.maxBands} `),
    read(words) {
      none(words);
      return { bands: 0, maxBands: 0 };
    },
  }),
  plug: kind<Data<'plug'>>({
    read(words) {
      const draft = { action: -1, limit: 0 };
      read(words, draft, {
        block: () => ({ action: 0 }),
        release: () => ({ action: 1 }),
        release_indefinite: () => ({ action: 2 }),
        limit: (take) => ({ action: 3, limit: sizeWord(take(), 'limit') }),
      });
      return draft.action === -1 ? undefined : draft;
    },
  }),
  skbprio: kind<Data<'skbprio'>>({
    print: (say, { limit }) => say.value('limit', 'limit % ', limit),
    read(words) {
      const draft: { limit?: number } = {};
      read(words, draft, { limit: (take) => ({ limit: number(take(), 'limit') }) });
      return draft.limit === undefined ? undefined : draft;
    },
  }),
  cbs: kind<Data<'cbs'>>({
    print(say, { parms }) {
      for (const key of ['hicredit', 'locredit', 'sendslope', 'idleslope', 'offload'] as const)
        say.value(key, `${key} % `, parms?.[key]);
    },
    read(words) {
      const parms = { offload: 0, hicredit: 0, locredit: 0, idleslope: 0, sendslope: 0 };
      const take = (key: keyof typeof parms) => (value: () => string) => ({ [key]: number(value(), key, true) });
      read(words, parms, {
        offload: take('offload'),
        hicredit: take('hicredit'),
        locredit: take('locredit'),
        idleslope: take('idleslope'),
        sendslope: take('sendslope'),
      });
      return { parms };
    },
  }),
  etf: kind<Data<'etf'>>({
    print(say, { parms }) {
      if (parms === undefined) return;
      const onOff = (mask: number) => ((parms.flags & mask) === 0 ? 'off' : 'on');
      say.value('clockid', 'clockid % ', clockName(parms.clockid));
      say.value('delta', 'delta % ', parms.delta);
      say.value('offload', 'offload % ', onOff(2));
      say.value('deadline_mode', 'deadline_mode % ', onOff(1));
      say.value('skip_sock_check', 'skip_sock_check %', onOff(4));
    },
    read(words) {
      const parms = { delta: 0, clockid: -1, flags: 0 };
      read(words, parms, {
        delta: (take) => ({ delta: number(take(), 'delta') }),
        clockid: (take) => ({ clockid: clockNumber(take()) }),
        offload: () => ({ flags: parms.flags | 2 }),
        deadline_mode: () => ({ flags: parms.flags | 1 }),
        skip_sock_check: () => ({ flags: parms.flags | 4 }),
      });
      return { parms };
    },
  }),
};

const clocks = ['REALTIME', 'MONOTONIC', 'PROCESS_CPUTIME', 'THREAD_CPUTIME', 'MONOTONIC_RAW', '', '', 'BOOTTIME'];

export function clockName(number: number): string {
  return number === 11 ? 'TAI' : (clocks[number] ?? 'invalid');
}

export function clockNumber(word: string): number {
  const name = word.replace(/^CLOCK_/i, '').toUpperCase();
  return name === 'TAI' ? 11 : clocks.indexOf(name);
}

export { hex };
