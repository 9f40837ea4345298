import type { qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { Out } from '../../../../wire/shape.ts';
import { parseRate } from '../../../shaping/units.ts';
import { Exit, failure, invalidArgument } from '../../ip/exit.ts';
import type { JsonObject } from '../../ip/json.ts';
import { type Kind, kind } from './kind.ts';
import { illegal, next, read, several, type Table } from './read.ts';
import { clockName, clockNumber } from './simple.ts';

type Data<K extends keyof typeof qdiscKinds> = Out<(typeof qdiscKinds)[K]>;

/** How many classes of traffic, and queues of a device, there may be. */
const mostClasses = 16;

interface ClassesOfQueues {
  numTc: number;
  prioTcMap: number[];
  hw: number;
  count: number[];
  offset: number[];
}

/** The words that both kinds have: which class a priority belongs to, and which queues of the device a class has. */
const classWords: Table<ClassesOfQueues> = {
  num_tc: (take) => {
    const value = small(take(), 0xff);
    if (value === undefined) throw illegal('num_tc');
    return { numTc: value };
  },
  map: (_take, words) => {
    const given = several(words, mostClasses, (word) => small(word, 0xff));
    return { prioTcMap: Array.from({ length: mostClasses }, (_, at) => given[at] ?? 0) };
  },
  queues: (_take, words) => {
    const ranges = several(words, mostClasses, (word) => {
      const [count, offset] = word.split('@').map((part) => small(part, 0xffff));
      return count === undefined || offset === undefined ? undefined : { count, offset };
    });
    return { count: ranges.map(({ count }) => count), offset: ranges.map(({ offset }) => offset) };
  },
};

function small(word: string, most: number): number | undefined {
  return /^\d+$/.test(word) && Number(word) <= most ? Number(word) : undefined;
}

function choice(names: readonly string[], word: string, what: string): number {
  const at = names.indexOf(word);
  if (at === -1) throw failure(`Illegal ${what} (${word})`);
  return at;
}

/** A rate for each class; what is not given is nothing. */
function rates(given: readonly bigint[] | undefined): { rate: bigint[] } | undefined {
  return given && { rate: Array.from({ length: mostClasses }, (_, at) => given[at] ?? 0n) };
}

const usualMap = [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 1, 1, 3, 3, 3, 3];

const mqprio = kind<Data<'mqprio'>>({
  print(say, { header }) {
    const map = [...header.prioTcMap];
    say.value('tc', 'tc % ', header.numTc);
    say.value('map', 'map % ', map, map.join(' '));
    const queues = Array.from({ length: header.numTc }, (_, tc) => {
      const first = header.offset[tc] ?? 0;
      return [first, first + (header.count[tc] ?? 0) - 1];
    });
    say.value(
      'queues',
      '\n             queues:% ',
      queues,
      queues.map(([first, last]) => `(${first}:${last})`).join(' '),
    );
    if (header.hw !== 0) say.value('hw', 'hw %', header.hw);
  },
  read(words) {
    const header: ClassesOfQueues = { numTc: 8, prioTcMap: usualMap, hw: 1, count: [], offset: [] };
    const more: { mode?: number; shaper?: number; min?: bigint[]; max?: bigint[] } = {};
    const unknown = (word: string) => invalidArgument(word, 'unknown argument');
    /** Only the device's own queues have it. */
    const ofHardware = (key: 'mode' | 'shaper', names: readonly string[]) => (take: () => string) => {
      if (header.hw === 0) throw unknown(key);
      more[key] = choice(names, take(), key);
      return undefined;
    };
    const perClass = (key: 'min' | 'max') => (_take: unknown, of: typeof words, word: string) => {
      if (more.shaper === undefined) throw unknown(word);
      more[key] = several(of, mostClasses, (each) => {
        const bits = parseRate(each);
        return bits === undefined ? undefined : BigInt(Math.trunc(bits / 8));
      });
      return undefined;
    };
    const table: Table<ClassesOfQueues> = {
      ...classWords,
      hw: (take) => {
        const value = small(take(), 0xff);
        if (value === undefined) throw illegal('hw');
        return { hw: value };
      },
      mode: ofHardware('mode', ['dcb', 'channel']),
      shaper: ofHardware('shaper', ['dcb', 'bw_rlimit']),
      min_rate: perClass('min'),
      max_rate: perClass('max'),
    };
    read(words, header, table, unknown);
    const attributes = {
      mode: more.mode || undefined,
      shaper: more.shaper || undefined,
      minRate64: rates(more.min),
      maxRate64: rates(more.max),
    };
    return { header, attributes };
  },
});

const commands = ['S', 'H', 'R'] as const;

const taprio = kind<Data<'taprio'>>({
  print(say, data) {
    const { priomap } = data;
    if (priomap === undefined) return;
    const map = [...priomap.prioTcMap];
    say.value('tc', 'tc % ', priomap.numTc);
    say.value('map', 'map %', map, map.join(' '));
    const queues = Array.from({ length: priomap.numTc }, (_, tc) => ({
      offset: priomap.offset[tc] ?? 0,
      count: priomap.count[tc] ?? 0,
    }));
    const shown = queues.map(({ offset, count }) => ` offset ${offset} count ${count}`).join('');
    say.value('queues', '\nqueues%', queues, shown);
    say.value('clockid', '\nclockid %', clockName(data.schedClockid ?? 0));
    if (data.flags) say.value('flags', ' flags %', `0x${data.flags.toString(16)}`);
    if (data.txtimeDelay) say.value('txtime_delay', ' txtime delay %', data.txtimeDelay);
    say.value('base_time', '\tbase-time %', data.schedBaseTime);
    say.value('cycle_time', ' cycle-time %', data.schedCycleTime);
    say.value('cycle_time_extension', ' cycle-time-extension %', data.schedCycleTimeExtension);
    const entries = data.schedEntryList?.entry ?? [];
    const schedule = entries.map(
      ({ index = 0, cmd = 0, gateMask = 0, interval = 0 }): JsonObject => ({
        index,
        cmd: commands[cmd] ?? '-1',
        gatemask: `0x${gateMask.toString(16)}`,
        interval,
      }),
    );
    const lines = schedule.map(
      (entry) =>
        `\n\t${Object.entries(entry)
          .map((pair) => pair.join(' '))
          .join(' ')}`,
    );
    say.value('schedule', '%\n', schedule, lines.join(''));
  },
  read(words) {
    const classes: ClassesOfQueues = { numTc: 0, prioTcMap: [], hw: 0, count: [], offset: [] };
    const more: { clock?: number; flags?: number; delay?: number; base?: bigint; cycle?: bigint; extension?: bigint } =
      {};
    const entry: { cmd: number; gateMask: number; interval: number }[] = [];
    const put = (given: Partial<typeof more>) => void Object.assign(more, given);
    const table: Table<ClassesOfQueues> = {
      ...classWords,
      'sched-entry': (take, of) => {
        entry.push(scheduled(take(), next(of), next(of)));
        return undefined;
      },
      'base-time': (take) => put({ base: nanoseconds(take()) }),
      'cycle-time': (take) => put({ cycle: nanoseconds(take()) }),
      'cycle-time-extension': (take) => put({ extension: nanoseconds(take()) }),
      clockid: (take) => {
        const word = take();
        if (more.clock !== undefined) throw failure('taprio: duplicate "clockid" specification');
        const clock = clockNumber(word);
        if (clock === -1)
          throw failure(
            `taprio: illegal value for "clockid": "${word}".\nIt must be a valid SYS-V id (i.e. CLOCK_TAI)`,
          );
        return put({ clock });
      },
      'txtime-delay': (take) => put({ delay: silently(take()) }),
      flags: (take) => put({ flags: silently(take()) }),
    };
    read(words, classes, table, () => failure('Unknown argument'));
    return {
      schedClockid: more.clock,
      flags: more.flags || undefined,
      priomap: classes.numTc === 0 ? undefined : classes,
      txtimeDelay: more.delay || undefined,
      schedBaseTime: more.base || undefined,
      schedCycleTime: more.cycle || undefined,
      schedCycleTimeExtension: more.extension || undefined,
      schedEntryList: { entry },
    };
  },
});

/** `S 01 300000`: what happens (set gates, hold and release the preemption of frames), the gates, and for how long. */
function scheduled(word: string, mask: string, interval: string) {
  const cmd = (commands as readonly string[]).indexOf(word);
  if (cmd === -1 || !/^(0x)?[0-9a-f]{1,8}$/i.test(mask) || !/^(0x[0-9a-f]+|\d+)$/i.test(interval))
    throw failure('Usage: ... taprio ... sched-entry <cmd> <gate mask> <interval>');
  return { cmd, gateMask: Number.parseInt(mask, 16), interval: Number(interval) };
}

/** As C reads a number: nothing is zero. */
function nanoseconds(word: string): bigint {
  return BigInt(/^-?\d+/.exec(word)?.[0] ?? 0);
}

/** `tc` gives no reason here. */
function silently(word: string): number {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) throw new Exit('', 1, false);
  return Number(word);
}

export const queueKinds: Readonly<Record<string, Kind>> = { mqprio, taprio };
