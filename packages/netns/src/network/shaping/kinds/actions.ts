import { InvalidArgumentError } from '../../../errors.ts';
import type { actionAttributes } from '../../../netlink/families/route/action.ts';
import { TC_ACT_GOTO_CHAIN, TC_ACT_JUMP, tcVerdicts } from '../../../netlink/families/route/actions/act.ts';
import { nameOf, numberOf } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { bytesSentIn, rateTable, splitRate, ticksToSend } from '../ticks.ts';
import { bytesPerSecond, computed } from './kind.ts';

type Wire = In<typeof actionAttributes>;
type Seen = Out<typeof actionAttributes>;
type WireKind = Exclude<Seen extends infer S ? (S extends { readonly kind: infer K } ? K : never) : never, 'other'>;

/** What becomes of a packet after an action. `{ chain }` goes on in that chain, `{ jump }` that many actions on. */
export type Verdict =
  | 'continue'
  | 'pass'
  | 'reclassify'
  | 'drop'
  | 'pipe'
  | 'stolen'
  | 'repeat'
  | 'trap'
  | { readonly chain: number }
  | { readonly jump: number };

interface Common {
  /** The number under which filters can share it. Default: the kernel's choice. */
  readonly index?: number | undefined;
}

/** Only a verdict: `{ kind: 'gact', verdict: 'drop' }`. */
export interface GactAction extends Common {
  readonly kind: 'gact';
  readonly verdict: Verdict;
}

/** Sends the packet, or a copy of it, to another device. */
export interface MirredAction extends Common {
  readonly kind: 'mirred';
  /** The device, by name or index. */
  readonly link: string | number;
  /** A copy (`mirror`) or the packet itself. */
  readonly mode: 'redirect' | 'mirror';
  /** Out of the device, or as if it came in there. Default: `egress`. */
  readonly direction?: 'egress' | 'ingress' | undefined;
}

/** Acts on what is faster than a rate. */
export interface PoliceAction extends Common {
  readonly kind: 'police';
  /** Bits per second. */
  readonly rate: number;
  /** Bytes that may come at once. */
  readonly burst: number;
  /** The largest packet. Default: 2047 bytes, as `tc`. */
  readonly mtu?: number | undefined;
  /** For what is faster. Default: `drop`. */
  readonly exceed?: Verdict | undefined;
  /** For the rest. Default: `pass`. */
  readonly conform?: Verdict | undefined;
}

/** Sets what the kernel keeps of a packet. */
export interface SkbeditAction extends Common {
  readonly kind: 'skbedit';
  readonly mark?: number | undefined;
  readonly markMask?: number | undefined;
  /** A class such as `1:10`, as a number. */
  readonly priority?: number | undefined;
  readonly queue?: number | undefined;
}

/** Puts a tag of 802.1Q on, takes it off, or changes it. */
export interface VlanAction extends Common {
  readonly kind: 'vlan';
  readonly mode: 'pop' | 'push' | 'modify';
  readonly id?: number | undefined;
  /** EtherType: 0x8100 (the default) or 0x88a8. */
  readonly protocol?: number | undefined;
  readonly priority?: number | undefined;
}

/** Any other, as the kernel has it: `{ kind: 'raw', of: 'csum', data: { … } }`. */
export interface RawAction {
  readonly kind: 'raw';
  readonly of: WireKind | (string & {});
  readonly data?: unknown;
}

/** What is done with a packet: `tc actions`. */
export type TrafficAction = GactAction | MirredAction | PoliceAction | SkbeditAction | VlanAction | RawAction;

export function verdictNumber(verdict: Verdict, option: string): number {
  if (typeof verdict === 'object' && verdict !== null)
    return 'chain' in verdict ? TC_ACT_GOTO_CHAIN | verdict.chain : TC_ACT_JUMP | verdict.jump;
  const number = typeof verdict === 'string' ? numberOf(tcVerdicts, verdict) : undefined;
  if (number === undefined) throw new InvalidArgumentError(option, verdict, 'it must be pass, drop, pipe, …');
  return number;
}

export function verdictOf(number: number): Verdict {
  const rest = number & 0x0fff_ffff;
  if (number > 0 && (number & 0xf000_0000) === TC_ACT_GOTO_CHAIN) return { chain: rest };
  if (number > 0 && (number & 0xf000_0000) === TC_ACT_JUMP) return { jump: rest };
  return nameOf(tcVerdicts, number) as Verdict;
}

const mirredModes = ['', 'egress redirect', 'egress mirror', 'ingress redirect', 'ingress mirror'] as const;
const vlanModes = ['', 'pop', 'push', 'modify'] as const;

/** An action for the kernel; `indexOf` finds a device. Throws InvalidArgumentError. */
export function encodeAction(action: TrafficAction, indexOf: (link: string | number) => number): Wire {
  if (typeof action !== 'object' || action === null)
    throw new InvalidArgumentError('actions', action, 'each must be an object with a kind');
  return computed(action.kind, action, (given) => encode(given, indexOf), 'actions');
}

function encode(action: TrafficAction, indexOf: (link: string | number) => number): Wire {
  const { kind } = action;
  switch (kind) {
    case 'gact':
      return { kind, data: { parms: { index: action.index, action: verdictNumber(action.verdict, 'verdict') } } };
    case 'mirred': {
      const { mode, direction = 'egress', index } = action;
      const eaction = mirredModes.indexOf(`${direction} ${mode}`);
      if (eaction < 1) throw new InvalidArgumentError('mode', mode, 'it must be redirect or mirror');
      const verdict = mode === 'redirect' ? 4 : 3; // stolen; the next action (pipe)
      return { kind, data: { parms: { index, action: verdict, eaction, ifindex: indexOf(action.link) } } };
    }
    case 'police': {
      const rate = bytesPerSecond(action.rate, 'rate');
      const { spec, table } = rateTable(rate, { mtu: action.mtu });
      const { rate64 } = splitRate(rate);
      return {
        kind,
        data: {
          tbf: {
            index: action.index,
            action: verdictNumber(action.exceed ?? 'drop', 'exceed'),
            burst: ticksToSend(rate, action.burst),
            mtu: action.mtu,
            rate: spec,
          },
          rate: table,
          rate64,
          result: verdictNumber(action.conform ?? 'pass', 'conform'),
        },
      };
    }
    case 'skbedit':
      return {
        kind,
        data: {
          parms: { index: action.index, action: 3 },
          queueMapping: action.queue,
          mark: action.mark,
          mask: action.markMask,
          priority: action.priority,
        },
      };
    case 'vlan': {
      const vAction = vlanModes.indexOf(action.mode);
      if (vAction < 1) throw new InvalidArgumentError('mode', action.mode, 'it must be pop, push or modify');
      return {
        kind,
        data: {
          parms: { index: action.index, action: 3, vAction },
          pushVlanId: action.id,
          pushVlanProtocol: action.protocol,
          pushVlanPriority: action.priority,
        },
      };
    }
    case 'raw':
      return { kind: action.of, data: action.data } as Wire;
    default:
      throw new InvalidArgumentError(
        'actions',
        action,
        "its kind must be gact, mirred, police, skbedit, vlan or 'raw'",
      );
  }
}

/** An action as the kernel describes it. */
export function decodeAction(seen: Seen): TrafficAction {
  const data = 'data' in seen ? (seen.data as Record<string, never> | undefined) : undefined;
  switch (data === undefined ? undefined : seen.kind) {
    case 'gact': {
      const { parms } = data as unknown as Data<'gact'>;
      return { kind: 'gact', verdict: verdictOf(parms?.action ?? 0), index: parms?.index };
    }
    case 'mirred': {
      const { parms } = data as unknown as Data<'mirred'>;
      const [direction, mode] = (mirredModes[parms?.eaction ?? 0] ?? '').split(' ') as [
        MirredAction['direction'],
        MirredAction['mode'],
      ];
      return { kind: 'mirred', link: parms?.ifindex ?? 0, mode, direction, index: parms?.index };
    }
    case 'police': {
      const { tbf, rate64, result } = data as unknown as Data<'police'>;
      if (tbf === undefined) break;
      const rate = Number(rate64 ?? tbf.rate.rate);
      return {
        kind: 'police',
        rate: rate * 8,
        burst: bytesSentIn(rate, tbf.burst),
        mtu: tbf.mtu || undefined,
        exceed: verdictOf(tbf.action),
        conform: verdictOf(result ?? -1),
        index: tbf.index,
      };
    }
    case 'skbedit': {
      const { parms, mark, mask, priority, queueMapping } = data as unknown as Data<'skbedit'>;
      return { kind: 'skbedit', mark, markMask: mask, priority, queue: queueMapping, index: parms?.index };
    }
    case 'vlan': {
      const {
        parms,
        pushVlanId: id,
        pushVlanProtocol: protocol,
        pushVlanPriority: priority,
      } = data as unknown as Data<'vlan'>;
      const mode = vlanModes[parms?.vAction ?? 0];
      if (!mode) break;
      return { kind: 'vlan', mode, id, protocol, priority, index: parms?.index };
    }
  }
  const of = 'name' in seen && seen.kind === 'other' ? seen.name : 'kind' in seen ? seen.kind : undefined;
  return { kind: 'raw', of: of ?? '', data };
}

type Data<K extends WireKind> = NonNullable<
  Extract<Seen, { readonly kind: K }> extends { readonly data?: infer D } ? D : never
>;
