import type { actionAttributes } from '../../../../netlink/families/route/action.ts';
import type { In, Out } from '../../../../wire/shape.ts';
import { failure } from '../../ip/exit.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import type { ReadContext } from '../kinds/kind.ts';
import { illegal, next } from '../kinds/read.ts';
import { kindAndData, tellTraffic } from '../qdisc/describe.ts';
import { Say } from '../say.ts';
import { gact } from './gact.ts';
import { csum, mpls, nat, skbmod, vlan } from './headers.ts';
import type { ActionKind, TrafficView } from './kind.ts';
import { connmark, ct, ctinfo, skbedit } from './marks.ts';
import { mirred } from './mirred.ts';
import { pedit } from './pedit.ts';
import { police } from './police.ts';
import { bpf, gate, ife, sample, simple } from './small.ts';
import { tunnelKey } from './tunnel-key.ts';
import { isVerdict } from './verdict.ts';

type Action = Out<typeof actionAttributes>;
export type ActionInput = In<typeof actionAttributes>;

/** Every kind of action that this `tc` has words for. */
export const actionKinds: Readonly<Record<string, ActionKind>> = {
  gact,
  mirred,
  police,
  pedit,
  vlan,
  skbedit,
  nat,
  csum,
  bpf,
  ct,
  ctinfo,
  connmark,
  tunnel_key: tunnelKey,
  mpls,
  sample,
  simple,
  skbmod,
  ife,
  gate,
};

export function actionKindOf(name: string): ActionKind | undefined {
  return Object.hasOwn(actionKinds, name) ? actionKinds[name] : undefined;
}

/** Words of `tc actions`: where one stands, the list is at its end. */
const commands = ['change', 'replace', 'delete', 'get', 'add'];

/** Reads actions, one behind the other: `action mirred … action drop`. Throws Exit. */
export function readActions(words: Words, context: ReadContext): readonly ActionInput[] {
  const found: ActionInput[] = [];
  let expected = true;
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    if (word === 'action') {
      words.take();
      expected = true;
      continue;
    }
    if (word === 'flowid' || word === 'classid' || commands.some((each) => isPrefix(word as string, each))) break;
    found.push(readAction(words, word, context));
    expected = false;
  }
  if (expected) throw failure('Illegal "action"', 255);
  return found;
}

function readAction(words: Words, word: string, context: ReadContext): ActionInput {
  const kind = isVerdict(word) ? 'gact' : word;
  const known = actionKindOf(kind);
  if (known === undefined) throw failure(`Bad action type ${word}`, 255);
  const data = known.read(words, context);
  return { kind, data, ...readCommon(words) } as ActionInput;
}

const hardwareStatistics: Readonly<Record<string, number>> = { immediate: 1, delayed: 2, disabled: 0 };
const noPercpu = 1;
/** TCA_ACT_FLAGS_SKIP_*. */
const skips: Readonly<Record<string, number>> = { skip_hw: 2, skip_sw: 4 };

/** What all actions may have behind their own words. */
function readCommon(words: Words): object {
  const common: { cookie?: Uint8Array; hwStats?: object; flags?: object } = {};
  if (words.peek() === 'cookie') {
    words.take();
    const word = next(words);
    if (!/^(?:[0-9a-f]{2}){1,16}$/i.test(word)) throw illegal('cookie');
    common.cookie = Uint8Array.from(word.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  }
  if (isPrefix(words.peek() ?? '', 'hw_stats')) {
    words.take();
    const word = next(words);
    const type = Object.keys(hardwareStatistics).find((each) => isPrefix(word, each));
    if (type === undefined) throw illegal('hw_stats');
    common.hwStats = { value: hardwareStatistics[type], selector: hardwareStatistics[type] };
  }
  let flags = 0;
  if (words.peek() === 'no_percpu') {
    words.take();
    flags |= noPercpu;
  }
  for (const [word, bit] of Object.entries(skips)) {
    if (words.peek() !== word) continue;
    words.take();
    flags |= bit;
  }
  if (flags !== 0) common.flags = { value: flags, selector: flags };
  return common;
}

/** Actions as `tc` shows them, numbered from `first`. Those that stand alone tell whether they are in hardware. */
export function tellActions(say: Say, actions: readonly Action[], view: TrafficView, first = 1, alone = false): void {
  const all = actions.map((action, at) => {
    const inner = new Say(say.telling);
    inner.value('order', '\n\taction order %: ', at + first);
    tellAction(inner, action, view, alone);
    return inner;
  });
  say.member(
    'actions',
    all.map(({ members }) => members),
  );
  for (const { text } of all) say.words(text);
}

function tellAction(say: Say, action: Action, view: TrafficView, alone: boolean): void {
  const { name, data } = kindAndData(action);
  const kind = actionKindOf(name);
  if (kind === undefined || data === undefined) say.words(kind === undefined ? `[Unknown action, ${name}] ` : '');
  else kind.print(say, data as never, view);
  const { stats, cookie, flags, hwStats, usedHwStats, inHwCount } = action;
  if (view.statistics && stats !== undefined) {
    say.words('\tAction statistics:\n');
    say.group('stats', (inner) => tellTraffic(inner, stats, '\t'));
    say.words('\n');
  }
  if (cookie !== undefined)
    say.value('cookie', '\tcookie %\n', Array.from(cookie, (byte) => byte.toString(16).padStart(2, '0')).join(''));
  if (flags !== undefined && (flags.selector & noPercpu) !== 0)
    say.value('no_percpu', '\tno_percpu\n', (flags.value & noPercpu) !== 0);
  if (alone) tellInHardware(say, flags, inHwCount);
  tellHardwareStatistics(say, 'hw_stats', hwStats);
  tellHardwareStatistics(say, 'used_hw_stats', usedHwStats);
}

/** Actions of filters have no count of their own: the filter tells. */
function tellInHardware(say: Say, flags: Action['flags'], count: number | undefined): void {
  if (count === undefined) return;
  const isSet = (word: string) => ((flags?.selector ?? 0) & (flags?.value ?? 0) & (skips[word] ?? 0)) !== 0;
  for (const word of Object.keys(skips)) say.flag(word, `\t${word}\n`, isSet(word));
  if (isSet('skip_hw')) return; // it cannot be there
  if (count === 0) say.flag('not_in_hw', '\tnot_in_hw\n', true);
  else {
    say.flag('in_hw', '\tin_hw', true);
    say.value('in_hw_count', ' in_hw_count %\n', count);
  }
}

function tellHardwareStatistics(say: Say, key: string, given: Action['hwStats']): void {
  if (given === undefined) return;
  const bits = given.value & given.selector;
  const names = Object.keys(hardwareStatistics).filter((name) =>
    bits === 0 ? name === 'disabled' : (bits & (hardwareStatistics[name] ?? 0)) !== 0,
  );
  say.value(key, `\t${key} %\n`, names, names.join(' '));
}
