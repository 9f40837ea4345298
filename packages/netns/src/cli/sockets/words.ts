import { closest } from '../../closest.ts';
import { socketStates } from '../../netlink/families/diag/sock-diag.ts';
import type { PortRange } from '../../network/rules.ts';
import type { SocketFilter } from '../../network/sockets/filter.ts';
import type { SocketKind, SocketState } from '../../network/sockets/socket.ts';
import { UsageError } from '../verb.ts';

/** States that are in no listing unless they are asked for. */
const quiet: readonly SocketState[] = ['listening', 'close', 'time-wait', 'syn-recv', 'bound-inactive', 'new-syn-recv'];
const all = Object.values(socketStates);
const busy = all.filter((state) => !quiet.includes(state));
const connected = all.filter((state) => !['listening', 'close', 'bound-inactive'].includes(state));

/** Words that stand for several states, as `ss` has them. */
const groups: Readonly<Record<string, readonly SocketState[]>> = {
  all,
  connected,
  synchronized: connected.filter((state) => state !== 'syn-sent'),
  bucket: ['syn-recv', 'time-wait'],
  big: all.filter((state) => state !== 'syn-recv' && state !== 'new-syn-recv' && state !== 'time-wait'),
  listen: ['listening'],
  unconnected: ['close'],
};

/** Every word for a state. */
export const stateWords: readonly string[] = [
  ...Object.keys(groups),
  ...all.filter((state) => state !== 'new-syn-recv'),
];

/** What the words behind `--state` mean, commas between them. Throws UsageError. */
export function statesOf(words: readonly string[]): readonly SocketState[] {
  return words
    .flatMap((text) => text.split(','))
    .flatMap((word): readonly SocketState[] => {
      const group = Object.hasOwn(groups, word) ? groups[word] : undefined;
      if (group !== undefined) return group;
      const state = all.find((each) => each === word);
      if (state !== undefined) return [state];
      const near = closest(word, stateWords);
      throw new UsageError(
        `'${word}' is no state${near === undefined ? `: ${stateWords.join(', ')}` : `; did you mean '${near}'?`}`,
      );
    });
}

/** Options that choose kinds. */
export interface KindOptions {
  readonly tcp?: true;
  readonly udp?: true;
  readonly raw?: true;
  readonly unix?: true;
  readonly packet?: true;
  readonly dccp?: true;
  readonly sctp?: true;
  readonly mptcp?: true;
  readonly netlink?: true;
  readonly vsock?: true;
  readonly xdp?: true;
}

/** The kinds that are asked for; undefined: all. */
export function kindsOf(options: KindOptions): readonly SocketKind[] | undefined {
  const asked: SocketKind[] = [];
  for (const kind of ['tcp', 'raw', 'unix', 'packet', 'dccp', 'sctp', 'mptcp', 'netlink', 'vsock', 'xdp'] as const)
    if (options[kind]) asked.push(kind);
  if (options.udp) asked.push('udp', 'udplite');
  return asked.length === 0 ? undefined : asked;
}

/** `80`, `8000-8999`, with commas between them. Throws UsageError. */
export function portsOf(words: readonly string[] | undefined, option: string): SocketFilter['localPorts'] {
  return words
    ?.flatMap((text) => text.split(','))
    .map((word): number | PortRange => {
      const [, first = '', last] = /^:?([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(word) ?? [];
      if (
        first === '' ||
        Number(first) > 65535 ||
        Number(last ?? first) > 65535 ||
        Number(last ?? first) < Number(first)
      )
        throw new UsageError(`${option} '${word}' is no port (80), nor a range of ports (8000-8999)`);
      return last === undefined ? Number(first) : [Number(first), Number(last)];
    });
}

/** `7`, `0x10`, `0x10/0xf0`. Throws UsageError. */
export function markOf(word: string | undefined): SocketFilter['mark'] {
  if (word === undefined) return undefined;
  if (!/^(0x[0-9a-f]{1,8}|[0-9]{1,10})(\/(0x[0-9a-f]{1,8}|[0-9]{1,10}))?$/i.test(word))
    throw new UsageError(`--mark '${word}' is no number, nor two with a '/' between them`);
  const [value, mask] = word.split('/').map(Number);
  return mask === undefined ? value : { value: value ?? 0, mask };
}

/**
 * Whether a socket belongs into a listing where no states were asked for, as with `ss`: those that are connected; and packet, netlink and
 * AF_XDP sockets, which are as they are, where they were `chosen`.
 */
export function isShown(
  kind: SocketKind,
  state: SocketState,
  options: { readonly all?: true; readonly listening?: true },
  chosen: boolean,
): boolean {
  if (options.all) return true;
  if (options.listening) return state === 'listening' || state === 'close';
  switch (kind) {
    case 'packet':
    case 'netlink':
    case 'xdp':
      return chosen;
    case 'udp':
    case 'udplite':
    case 'raw':
      return state === 'established';
    default:
      return busy.includes(state);
  }
}
