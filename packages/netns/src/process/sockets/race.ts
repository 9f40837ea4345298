import { EINPROGRESS, EINVAL } from '../../errno-numbers.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { SO_ERROR, SOCK_STREAM, SOL_SOCKET, UV_WRITABLE } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { syscall } from '../../native/syscall.ts';
import { type Watch, watchDescriptor } from '../../native/watch.ts';
import { nodeError } from './node-error.ts';
import { openSocket } from './open-socket.ts';
import { domainOf, type IpFamily, ipSocketAddress, splitZone } from './socket-address.ts';

export interface Contender {
  readonly address: string;
  readonly family: IpFamily;
}

export interface RaceOptions {
  readonly port: number;
  /** How long an attempt may take, in milliseconds, before the next one begins beside it. */
  readonly delay: number;
  readonly failed?: (contender: Contender, error: Error) => void;
  readonly overtaken?: (contender: Contender) => void;
  /** The first connection; the others are given up. */
  readonly won: (contender: Contender, fd: Fd) => void;
  /** None could be made. */
  readonly lost: (errors: readonly Error[]) => void;
}

/**
 * Connects to several addresses of one name and keeps the first that answers ("happy eyeballs"): the next attempt begins when the
 * one before has failed or has taken too long, and those under way go on. RFC 8305. Returns a function that calls it off.
 *
 * The winner's socket is handed over when its connection has been made but connect(2) was called only once: the kernel then
 * answers a second call with success, and so Node's own connect works on it as on any other.
 */
export function race(namespace: Namespace, contenders: readonly Contender[], options: RaceOptions): () => void {
  const running = new Map<Contender, { readonly fd: Fd; readonly watch: Watch }>();
  const errors: Error[] = [];
  const waiting = [...alternate(contenders)];
  let timer: NodeJS.Timeout | undefined;
  let over = false;

  const stop = () => {
    over = true;
    clearTimeout(timer);
    for (const { fd, watch } of running.values()) {
      watch.close();
      fd.close();
    }
    running.clear();
  };

  const fail = (contender: Contender, error: Error) => {
    errors.push(error);
    options.failed?.(contender, error);
    next();
  };

  const finish = (contender: Contender) => {
    const { fd, watch } = running.get(contender) as { fd: Fd; watch: Watch };
    watch.close();
    running.delete(contender);
    const errno = pendingError(fd);
    if (errno === 0) {
      stop();
      options.won(contender, fd);
      return;
    }
    fd.close();
    fail(contender, nodeError(errno, 'connect', { address: contender.address, port: options.port }));
  };

  const next = () => {
    clearTimeout(timer);
    if (over) return;
    const contender = waiting.shift();
    if (contender === undefined) {
      if (running.size === 0) {
        over = true;
        options.lost(errors);
      }
      return;
    }
    const attempt = begin(namespace, contender, options.port);
    if (!(attempt instanceof Fd)) return fail(contender, attempt);
    const watch = watchDescriptor(attempt.raw, UV_WRITABLE, () => finish(contender));
    running.set(contender, { fd: attempt, watch });
    if (waiting.length > 0) {
      timer = setTimeout(() => {
        options.overtaken?.(contender);
        next();
      }, options.delay);
    }
  };

  next();
  return stop;
}

/** A socket that is connecting, or why it is not. */
function begin(namespace: Namespace, { address, family }: Contender, port: number): Fd | Error {
  try {
    const [bare, device] = splitZone(address);
    const fd = openSocket(namespace, { domain: domainOf(family), type: SOCK_STREAM, device });
    if (!(fd instanceof Fd)) return nodeError(fd.errno, 'connect', { address, port });
    const target = ipSocketAddress(bare, port);
    const result = target === undefined ? -EINVAL : syscall('connect', fd.raw, target, target.length);
    if (result === -EINPROGRESS) return fd;
    fd.close();
    return nodeError(-result, 'connect', { address, port });
  } catch (error) {
    return error as Error; // the namespace cannot be entered, or is closed
  }
}

function pendingError(fd: Fd): number {
  const value = new Int32Array(1);
  const result = syscall('getsockopt', fd.raw, SOL_SOCKET, SO_ERROR, value, Int32Array.of(4));
  return result < 0 ? -result : (value[0] ?? 0);
}

/** The families take turns, beginning with that of the first address. */
function* alternate(contenders: readonly Contender[]): Generator<Contender> {
  const first = contenders[0]?.family;
  const same = contenders.filter(({ family }) => family === first);
  const other = contenders.filter(({ family }) => family !== first);
  for (let i = 0; i < Math.max(same.length, other.length); i++) {
    for (const contender of [same[i], other[i]]) if (contender !== undefined) yield contender;
  }
}
