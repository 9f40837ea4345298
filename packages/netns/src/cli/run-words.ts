import { readFileSync } from 'node:fs';
import { closest } from '../closest.ts';
import { type NamespaceType, namespaceTypes } from '../namespaces/type.ts';
import type { IdRange } from '../process/plan/id-map.ts';
import type { Signal } from '../process/plan/signals.ts';
import type { EnterTarget, IdMap, Limits, SpawnPlan } from '../process/plan/spawn-plan.ts';
import { findNamedId } from '../process/plan/subids.ts';
import { signalArgument } from './personalities/util-linux/signal-argument.ts';
import { UsageError } from './verb.ts';

/** `net,pid,mnt`, or `all`. */
export function typesWord(word: string): readonly NamespaceType[] {
  if (word === 'all') return namespaceTypes;
  return word.split(',').map((each) => {
    const type = namespaceTypes.find((known) => known === (each === 'mount' ? 'mnt' : each));
    if (type !== undefined) return type;
    const near = closest(each, namespaceTypes);
    throw new UsageError(
      `there is no namespace type '${each}'${near === undefined ? `: ${namespaceTypes.join(', ')}` : `; did you mean '${near}'?`}`,
    );
  });
}

/** `web` or `web:net`: a name; `1234`: all of a process; `1234:net,mnt`: some of it; `/path:uts`: a file. */
export function targetsWord(word: string): readonly EnterTarget[] {
  const colon = word.lastIndexOf(':');
  const [subject, types] = colon < 0 ? [word, undefined] : [word.slice(0, colon), typesWord(word.slice(colon + 1))];
  if (subject === '') throw new UsageError(`'${word}' names no namespace`);
  if (/^[0-9]+$/.test(subject)) return [{ process: Number(subject), ...(types === undefined ? {} : { types }) }];
  return (types ?? ['net']).map((type) => ({ type, namespace: subject }));
}

export const mapWords = ['root', 'current', 'auto', 'subids', 'all'] as const;

/** `root`, `auto`, …, or `inside:outside:count` with commas between. */
export function mapWord(word: string): IdMap {
  const known = mapWords.find((each) => each === word);
  return known ?? word.split(',').map(rangeWord);
}

function rangeWord(word: string): IdRange {
  const [inside, outside, count = '1', ...more] = word.split(':');
  const numbers = [inside, outside, count];
  if (more.length > 0 || !numbers.every((each) => /^[0-9]+$/.test(each ?? '')))
    throw new UsageError(`'${word}' is no map: ${mapWords.join(', ')}, or INSIDE:OUTSIDE:COUNT`);
  return { inside: Number(inside), outside: Number(outside), count: Number(count) };
}

/** `nobody`, `1000`, `1000:100`, `nobody:nogroup`: the group of a user is the one in /etc/passwd. */
export function userWord(word: string): Pick<SpawnPlan, 'uid' | 'gid'> {
  const [user = '', group, ...more] = word.split(':');
  if (more.length > 0) throw new UsageError(`'${word}' is no user: USER or USER:GROUP`);
  const found = named('/etc/passwd', user, 'user');
  const gid = group === undefined ? found.gid : named('/etc/group', group, 'group').id;
  return { uid: found.id, ...(gid === undefined ? {} : { gid }) };
}

/** `audio,1001`, or nothing: the supplementary groups. */
export function groupsWord(word: string): readonly number[] {
  return word === '' ? [] : word.split(',').map((each) => named('/etc/group', each, 'group').id);
}

function named(file: string, word: string, what: string): { readonly id: number; readonly gid?: number | undefined } {
  const text = readFileSync(file, 'utf8');
  const found = findNamedId(text, /^[0-9]+$/.test(word) ? Number(word) : word);
  if (found !== undefined) return found;
  if (/^[0-9]+$/.test(word)) return { id: Number(word) };
  throw new UsageError(`there is no ${what} '${word}' in ${file}`);
}

/** `pids=100,memory=512M,cpu=0.5`. */
export function limitsWord(word: string): Limits {
  const limits: { -readonly [K in keyof Limits]: Limits[K] } = {};
  for (const each of word.split(',')) {
    const [name, value] = nameAndValue(each);
    const match = /^([0-9]+(?:\.[0-9]+)?)([KMGT]?)$/.exec(value);
    if (match === null || (name !== 'pids' && name !== 'memory' && name !== 'cpu'))
      throw new UsageError(`'${each}' is no limit: pids=NUMBER, memory=BYTES (K, M, G) or cpu=PROCESSORS`);
    limits[name] = Number(match[1]) * 1024 ** ' KMGT'.indexOf(match[2] || ' ');
  }
  return limits;
}

/** `monotonic=100,boottime=-5.5`. */
export function clocksWord(word: string): NonNullable<SpawnPlan['clocks']> {
  const clocks: { monotonic?: number; boottime?: number } = {};
  for (const each of word.split(',')) {
    const [name, value] = nameAndValue(each);
    if ((name !== 'monotonic' && name !== 'boottime') || !/^-?[0-9]+(\.[0-9]+)?$/.test(value))
      throw new UsageError(`'${each}' is no offset: monotonic=SECONDS or boottime=SECONDS`);
    clocks[name] = Number(value);
  }
  return clocks;
}

/** `net_admin,net_raw`, or `all`. */
export function capabilitiesWord(word: string): 'all' | readonly string[] {
  return word === 'all' ? 'all' : word.split(',');
}

/** `TERM`, `sigterm`, `15`. */
export function signalWord(word: string): Signal {
  const number = signalArgument(word);
  if (number === undefined) throw new UsageError(`there is no signal '${word}'`);
  return number;
}

/**
 * The environment that the command gets: ours or none, and `NAME=VALUE` each; `NAME` alone keeps ours. Undefined: ours as it is.
 */
export function environmentWords(
  words: readonly string[],
  ours: Readonly<NodeJS.ProcessEnv>,
  clear: boolean,
): NodeJS.ProcessEnv | undefined {
  if (words.length === 0 && !clear) return undefined;
  const env: NodeJS.ProcessEnv = clear ? {} : { ...ours };
  for (const word of words) {
    const [name, value] = nameAndValue(word);
    if (name === '') throw new UsageError(`'${word}' names no variable: NAME=VALUE`);
    env[name] = word.includes('=') ? value : ours[name];
  }
  return env;
}

/** `NAME=VALUE`, of which the value may have more such signs. */
function nameAndValue(word: string): readonly [name: string, value: string] {
  const [name = '', ...value] = word.split('=');
  return [name, value.join('=')];
}
