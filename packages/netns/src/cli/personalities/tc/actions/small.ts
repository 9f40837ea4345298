import { nanosecondsText, parseNanoseconds, sizeText } from '../../../shaping/units.ts';
import type { JsonObject } from '../../ip/json.ts';
import { hardwareAddress } from '../../ip/values.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { illegal, number, size as sizeWord } from '../kinds/read.ts';
import { clockName, clockNumber } from '../kinds/simple.ts';
import { hex } from '../kinds/values.ts';
import { bytecodeText, instructionsOf, readProgram } from './bytecode.ts';
import { actionKind, type Data, readEnd, readSome, skipWord, tellUsers } from './kind.ts';
import { tellVerdict } from './verdict.ts';

const pipe = 3;

/** A program decides. */
export const bpf = actionKind<Data<'bpf'>>({
  read(words) {
    skipWord(words, 'bpf');
    const draft: { program?: object } = {};
    const program = (_take: () => string, of: Words, word: string) => ({ program: readProgram(of, word) });
    readSome<typeof draft>(words, draft, {
      run: () => ({}),
      'bytecode-file': program,
      bytecode: program,
      'object-file': program,
      'object-pinned': program,
    });
    return { ...draft.program, parms: readEnd(words, pipe) };
  },
  print(say, { parms, tm, ops, name, tag, id }, view) {
    if (parms === undefined) return;
    say.value('kind', '% ', 'bpf');
    if (name !== undefined) say.value('bpf_name', '% ', name);
    else if (ops !== undefined) say.value('bytecode', "bytecode '%' ", instructionsOf(ops), bytecodeText(ops));
    if (id !== undefined) say.value('prog_id', 'id % ', id);
    if (tag !== undefined)
      say.value('tag', 'tag % ', Array.from(tag, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    tellVerdict(say, 'default-action %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n ');
  },
});

/** One packet of so many goes to those who listen. */
export const sample = actionKind<Data<'sample'>>({
  read(words) {
    skipWord(words, 'sample');
    const draft: Record<string, number> = {};
    readSome(words, draft, {
      rate: (take) => ({ rate: number(take(), 'rate') }),
      group: (take) => ({ psampleGroup: number(take(), 'group') }),
      trunc: (take) => ({ truncSize: number(take(), 'trunc') }),
    });
    const { rate, psampleGroup, truncSize } = draft;
    return { parms: readEnd(words, pipe), rate, psampleGroup, truncSize };
  },
  print(say, { parms, tm, rate, psampleGroup, truncSize }, view) {
    if (parms === undefined) return;
    say.value('kind', '% ', 'sample');
    say.value('rate', 'rate 1/% ', rate);
    say.value('group', 'group %', psampleGroup);
    if (truncSize !== undefined) say.value('trunc_size', ' trunc_size %', truncSize);
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

/** Writes a word into the kernel's log for each packet. */
export const simple = actionKind<Data<'simple'>>({
  read(words) {
    skipWord(words, 'simple');
    const draft: { data?: string } = {};
    readSome<typeof draft>(words, draft, { sdata: (take) => ({ data: take() }) });
    return { parms: readEnd(words, pipe), ...draft };
  },
  print(say, { parms, tm, data }, view) {
    if (parms === undefined) return;
    say.member('kind', 'simple');
    say.value('sdata', 'Simple <%>', data);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

const metadata = ['mark', 'prio', 'tcindex'] as const;

/** Carries what the kernel keeps of a packet to another machine. */
export const ife = actionKind<Data<'ife'>>({
  read(words) {
    skipWord(words, 'ife');
    const draft: Record<string, unknown> = {};
    const metalst: Record<string, Uint8Array> = {};
    const which = (word: string) => {
      const name = metadata.find((each) => isPrefix(word, each));
      if (name === undefined) throw illegal('ife');
      return name;
    };
    readSome<Record<string, unknown>>(words, draft, {
      encode: () => ({ flags: 1 }),
      decode: () => ({ flags: 0 }),
      allow: (take) => {
        metalst[which(take())] = new Uint8Array();
        return {};
      },
      use: (take) => {
        const name = which(take());
        const bytes = new Uint8Array(name === 'tcindex' ? 2 : 4);
        const value = number(take(), name);
        const view = new DataView(bytes.buffer);
        if (name === 'tcindex') view.setUint16(0, value, true);
        else view.setUint32(0, value, true);
        metalst[name] = bytes;
        return {};
      },
      type: (take) => ({ type: number(take(), 'type') }),
      dst: (take) => ({ dmac: hardwareAddress(take()) }),
      src: (take) => ({ smac: hardwareAddress(take()) }),
    });
    const { flags, type, dmac, smac } = draft;
    if (flags === undefined) throw illegal('ife');
    const { mark, prio, tcindex } = metalst;
    const any = Object.keys(metalst).length > 0;
    return {
      parms: { ...readEnd(words, pipe), flags },
      dmac,
      smac,
      type,
      metalst: any ? { mark, prio, tcindex } : undefined,
    };
  },
  print(say, { parms, tm, dmac, smac, type, metalst }, view) {
    if (parms === undefined) return;
    const encodes = (parms.flags & 1) !== 0;
    say.value('kind', '% ', 'ife');
    say.value('mode', '% ', encodes ? 'encode' : 'decode');
    tellVerdict(say, 'action % ', parms.action);
    if (type !== undefined) say.value('type', 'type % ', hex(type), hex(type).toUpperCase());
    say.words('\n\t');
    if (metalst !== undefined) {
      for (const name of ['mark', 'hash', 'prio', 'tcindex'] as const) {
        const bytes = metalst[name];
        if (bytes === undefined || name === 'hash') continue;
        if (bytes.length === 0) say.value(name, `${'%'} ${name} `, 'allow');
        else {
          const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          say.value(
            name,
            `use ${name} % `,
            bytes.length === 2 ? numbers.getUint16(0, true) : numbers.getUint32(0, true),
          );
        }
      }
    }
    if (dmac !== undefined) say.value('dst', 'dst % ', dmac);
    if (smac !== undefined) say.value('src', 'src % ', smac);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

/** Nanoseconds, in whatever unit. */
function nanoseconds(word: string, option: string): bigint {
  if (/^\d+(ns)?$/.test(word)) return BigInt(word.replace('ns', ''));
  const value = parseNanoseconds(word);
  if (value === undefined) throw illegal(option);
  return BigInt(Math.trunc(value));
}

/** Lets pass by the clock. */
export const gate = actionKind<Data<'gate'>>({
  read(words) {
    skipWord(words, 'gate');
    const draft: Record<string, unknown> = {};
    const entry: object[] = [];
    readSome<Record<string, unknown>>(words, draft, {
      index: (take) => ({ index: number(take(), 'index') }),
      priority: (take) => ({ priority: number(take(), 'priority', true) }),
      'base-time': (take) => ({ baseTime: nanoseconds(take(), 'base-time') }),
      'cycle-time': (take) => ({ cycleTime: nanoseconds(take(), 'cycle-time') }),
      'cycle-time-ext': (take) => ({ cycleTimeExt: nanoseconds(take(), 'cycle-time-ext') }),
      clockid: (take) => ({ clockid: clockNumber(take()) }),
      flags: (take) => ({ flags: number(take(), 'flags') }),
      'sched-entry': (take, of) => {
        const state = take();
        if (!isPrefix(state, 'open') && !isPrefix(state, 'close')) throw illegal('sched-entry');
        const interval = Number(nanoseconds(take(), 'sched-entry'));
        const ipv = /^-?\d/.test(of.peek() ?? '') ? number(take(), 'sched-entry', true) : -1;
        const octets = /^-?\d/.test(of.peek() ?? '') ? take() : '-1';
        const maxOctets = octets === '-1' ? -1 : sizeWord(octets, 'sched-entry');
        entry.push({
          ...(isPrefix(state, 'open') ? { gate: true } : {}),
          interval,
          ipv,
          maxOctets: isPrefix(state, 'close') ? -1 : maxOctets,
        });
        return {};
      },
    });
    const { index, priority, baseTime, cycleTime, cycleTimeExt, clockid, flags } = draft;
    const end = readEnd(words, pipe);
    return {
      parms: { index: index ?? end.index, action: end.action },
      priority,
      baseTime,
      cycleTime,
      cycleTimeExt,
      clockid,
      flags,
      entryList: entry.length === 0 ? undefined : { entry },
    };
  },
  print(say, data, view) {
    const { parms, tm, entryList } = data;
    if (parms === undefined) return;
    const { priority = -1 } = data;
    say.value('priority', '\n\tpriority %', priority, padded(priority, 8));
    say.value('clockid', '\tclockid %', clockName(data.clockid ?? 11));
    if (data.flags !== undefined) say.value('flags', '\tflags %', hex(data.flags));
    const time = (key: string, words: string, value: bigint | undefined) => {
      if (value !== undefined) say.value(key, words, value, nanosecondsText(Number(value)));
    };
    time('base_time', '\n\tbase-time %', data.baseTime);
    time('cycle_time', '\tcycle-time %', data.cycleTime);
    time('cycle_time_ext', '\tcycle-time-ext %', data.cycleTimeExt);
    tellEntries(say, entryList?.entry ?? []);
    tellVerdict(say, '\n\t%', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

/** `wildcard`, or a number with blanks up to so many letters. */
function padded(value: number, size: number): string {
  return value === -1 ? 'wildcard' : String(value).padEnd(size);
}

type GateEntry = NonNullable<NonNullable<Data<'gate'>['entryList']>['entry']>[number];

function tellEntries(say: Parameters<typeof gate.print>[0], entries: readonly GateEntry[]): void {
  const shown = entries.map((entry, at): [JsonObject, string] => {
    const { index = at, gate: open = false, interval = 0, ipv = -1, maxOctets = -1 } = entry;
    const state = open ? 'open' : 'close';
    const members = { number: index, gate_state: state, interval, ipv, max_octets: maxOctets };
    const text =
      `\n\t number ${String(index).padStart(4)}\tgate-state ${state} \tinterval ${nanosecondsText(interval)}` +
      `\t ipv ${padded(ipv, 10)}\t max-octets ${maxOctets === -1 ? 'wildcard' : sizeText(maxOctets)}`;
    return [members, text];
  });
  say.value(
    'schedule',
    '\n\tschedule:%',
    shown.map(([members]) => members),
    shown.map(([, text]) => text).join(''),
  );
}
