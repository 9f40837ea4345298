import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../../test/codec/fixture.ts';
import { action } from '../../../../netlink/families/route/action.ts';
import { chain, filter } from '../../../../netlink/families/route/filter.ts';
import { qdisc, trafficClass } from '../../../../netlink/families/route/qdisc.ts';
import { splitDatagram } from '../../../../netlink/header.ts';
import { formatJson, type Json } from '../../ip/json.ts';
import { Words } from '../../ip/words.ts';
import { tellActionMessage } from '../action/commands.ts';
import type { TrafficView } from '../actions/kind.ts';
import { readActions } from '../actions/list.ts';
import { readClass, readQdisc } from '../qdisc/change.ts';
import { readFilter } from './change.ts';
import { tellChain, tellFilter } from './describe.ts';

/** What `tc` 6.1 sent and showed on Linux 6.1: see `tools/capture-tc.mjs`. */
interface Scene {
  readonly lines: readonly (readonly [line: string, sent: string])[];
  readonly shows: readonly (readonly [
    line: string,
    detailed: string,
    plain: string,
    json: string,
    messages: string[],
  ])[];
}
const scenes: readonly Scene[] = JSON.parse(
  readFileSync(new URL('../../../../../test/tc/filters.json', import.meta.url), 'utf8'),
);

/** Devices of the capture: `d7` is 114. */
function indexOf(name: string): number {
  return name === 'v1' ? 51 : 100 + 2 * Number(name.slice(1));
}

function linkName(index: number): string {
  return index === 51 ? 'v1' : `d${(index - 100) / 2}`;
}

const context = { indexOf, remark: () => {} };

/** As a shell takes a line apart. */
function wordsOf(line: string): string[] {
  return (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll(/^(['"])(.*)\1$/g, '$2'));
}

function encoded(line: string): Uint8Array {
  const [object, verb = '', ...rest] = wordsOf(line);
  const words = new Words(rest);
  const located = (message: { readonly header?: object | undefined }, device: string | undefined) => {
    const at = device === undefined ? {} : { ifindex: indexOf(device) };
    return { ...message, header: { ...message.header, ...at } } as never;
  };
  switch (object) {
    case 'qdisc': {
      const { message, device } = readQdisc(words, context);
      return qdisc.encode(located(message, device));
    }
    case 'class': {
      const { message, device } = readClass(words, context);
      return trafficClass.encode(located(message, device));
    }
    case 'actions':
      return action.encode({ attributes: { tab: readActions(words, context) } } as never);
    case 'chain':
    case 'filter': {
      const fresh = object === 'filter' && (verb === 'add' || verb === 'replace');
      const { message, place } = readFilter(words, context, fresh);
      return (object === 'chain' ? chain : filter).encode(located(message, place.device));
    }
    default:
      throw new Error(line);
  }
}

/** Lines that only delete or flush have a grammar of their own. */
const simple = /^actions (del|flush)/;
/** `tc` sends what lies behind the text in its own memory, and marks some nests as such which it does not mark elsewhere. */
const unlike = /simple sdata|(geneve|vxlan|erspan|gtp)_opts|canid|cookie a1b2|ct_label 1\/f/;

describe('the words of tc become the bytes that tc sends', () => {
  const lines = scenes.flatMap(({ lines: all }) => all).filter(([line, sent]) => sent !== '' && !simple.test(line));

  it.each(lines.filter(([line]) => !unlike.test(line)))('%s', (line, sent) => {
    expect(toHex(encoded(line))).toBe(toHex(fromHex(sent).subarray(16)));
  });

  it.each(lines.filter(([line]) => unlike.test(line)).map(([line]) => line))('%s: and is read', (line) => {
    expect(encoded(line).length).toBeGreaterThan(20);
  });
});

/** What listings consist of: RTM_NEWTFILTER, RTM_NEWCHAIN and RTM_GETCHAIN, RTM_GETACTION. */
const answers: Readonly<Record<string, readonly number[]>> = { filter: [44], chain: [100, 102], actions: [50] };

const view = (statistics: boolean): TrafficView => ({ details: statistics, statistics, iec: false, linkName });

/** What is asked for in the words of a listing. */
function asked(line: string, device: string | undefined) {
  const parent = / ingress/.test(line) ? 0xffff_fff2 : / egress/.test(line) ? 0xffff_fff3 : 0;
  return { index: device === undefined ? -1 : indexOf(device), parent: / get /.test(line) ? undefined : parent };
}

describe('what tc shows', () => {
  const shows = scenes.flatMap(({ lines, shows: all }) =>
    all
      .filter(([line]) => !line.startsWith('qdisc'))
      .map((show) => [`${show[0]}: ${lines.map(([line]) => line).join('; ')}`, show] as const),
  );

  it.each(shows)('%s', (_title, [line, detailed, plain, json, messages]) => {
    const found = messages
      .flatMap((hex) => splitDatagram(fromHex(hex)))
      .filter(({ type }) => answers[line.split(' ')[0] ?? '']?.includes(type));
    const device = / (d\d+)/.exec(line)?.[1];
    const tell = (statistics: boolean): { text: string; members: Json[] } => {
      if (line.startsWith('actions')) {
        const said = found.map((message) =>
          tellActionMessage(action.decode(message), view(statistics), / get /.test(line) ? 1 : 0),
        );
        return {
          text: said.map(({ total, actions }) => total.text + actions.text).join(''),
          members: said.flatMap(({ total, actions }) => [total.members, actions.members]),
        };
      }
      const said = found.map((message) =>
        line.startsWith('chain')
          ? tellChain(chain.decode(message), view(statistics), asked(line, device))
          : tellFilter(filter.decode(message), view(statistics), asked(line, device)),
      );
      return { text: said.map(({ text }) => text).join(''), members: said.map(({ members }) => members) };
    };
    expect(tell(true).text).toBe(detailed);
    expect(anonymous(tell(false).text)).toBe(anonymous(plain));
    const theirs = parsed(json);
    if (theirs !== undefined)
      expect(ageless(JSON.parse(formatJson(tell(true).members, false)))).toEqual(ageless(theirs));
  });
});

/** `tc` 6.1 prints text where JSON should be for some kinds: those cannot be compared. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Texts and JSON were captured one after the other: the kernel may have chosen other numbers for the actions of filters. */
function anonymous(text: string): string {
  return text.replaceAll(/index \d+ ref/g, 'index ANY ref');
}

/** And an action that was made just now has no age to tell. */
function ageless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each) => (/^(installed|last_used|first_used|index)$/.test(key) ? undefined : each)),
  );
}
