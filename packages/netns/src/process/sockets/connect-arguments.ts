import type { NetConnectOpts } from 'node:net';
import { isPath } from './listen-arguments.ts';

/** What `net.connect(…)` was asked for, in one shape. */
export interface ConnectRequest {
  readonly options: NetConnectOpts & Record<string, unknown>;
  readonly connected: (() => void) | undefined;
}

/** Reads the arguments of `net.connect` and `socket.connect`: options, a path, or a port with a host; then perhaps a callback. */
export function parseConnect(args: readonly unknown[]): ConnectRequest {
  // Node's own code passes a list that it has read already.
  if (args.length === 1 && Array.isArray(args[0])) return parseConnect(args[0]);
  const [first, second] = args;
  const last = args.at(-1);
  const connected = typeof last === 'function' ? (last as () => void) : undefined;
  const options =
    typeof first === 'object' && first !== null
      ? first
      : typeof first === 'string' && isPath(first)
        ? { path: first }
        : { port: first, ...(typeof second === 'string' ? { host: second } : {}) };
  return { options: options as ConnectRequest['options'], connected };
}
