/** What `server.listen(…)` was asked for, in one shape. */
export interface ListenRequest {
  readonly where:
    | { readonly port: number; readonly host: string | undefined }
    | { readonly path: string; readonly mode: number };
  readonly backlog: number;
  readonly ipv6Only: boolean;
  readonly reusePort: boolean;
  readonly signal: AbortSignal | undefined;
  readonly ready: (() => void) | undefined;
}

const defaultBacklog = 511;

/**
 * Reads the arguments of `server.listen`, in each of the forms that Node knows. Undefined for those which no socket needs to be
 * made for: a handle or descriptor that exists already, and mistakes, for which Node has the right errors.
 */
export function parseListen(args: readonly unknown[]): ListenRequest | undefined {
  const [first, second, third] = args;
  const last = args.at(-1);
  const ready = typeof last === 'function' ? (last as () => void) : undefined;
  const backlog = positive(second) || positive(third);
  if (typeof first === 'object' && first !== null) return ofOptions(first as Record<string, unknown>, backlog, ready);
  const common = { backlog: backlog || defaultBacklog, ipv6Only: false, reusePort: false, signal: undefined, ready };
  if (typeof first === 'string' && isPath(first)) return { where: { path: first, mode: 0 }, ...common };
  const port = typeof first === 'function' ? 0 : portOf(first);
  const host = typeof second === 'string' && second !== '' ? second : undefined;
  return port === undefined ? undefined : { where: { port, host }, ...common };
}

function ofOptions(
  options: Record<string, unknown>,
  backlogArgument: number,
  ready: (() => void) | undefined,
): ListenRequest | undefined {
  if (options._handle || options.handle || (typeof options.fd === 'number' && options.fd >= 0)) return undefined;
  const common = {
    backlog: positive(options.backlog) || backlogArgument || defaultBacklog,
    ipv6Only: options.ipv6Only === true,
    reusePort: options.reusePort === true,
    signal: options.signal as AbortSignal | undefined,
    ready,
  };
  const { port, host, path } = options;
  if ('port' in options && (port === null || port === undefined || ['number', 'string'].includes(typeof port))) {
    const number = portOf(port);
    if (number === undefined || (host && typeof host !== 'string')) return undefined;
    return { where: { port: number, host: host ? String(host) : undefined }, ...common };
  }
  if (typeof path !== 'string' || !isPath(path)) return undefined;
  const mode = (options.readableAll === true ? 0o444 : 0) | (options.writableAll === true ? 0o222 : 0);
  return path.startsWith('\0') && mode !== 0 ? undefined : { where: { path, mode }, ...common };
}

function positive(value: unknown): number {
  const number = typeof value === 'function' ? 0 : Number(value) || 0;
  return Math.max(number, 0);
}

/** A text that is not a number is a path. */
export function isPath(text: string): boolean {
  return !(Number(text) >= 0) && text !== '';
}

/** A port as Node takes it, also as text; undefined: not a port. */
function portOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 && number <= 0xffff ? number : undefined;
}
