/** What `listen(…)` or `connect(…)` was given, in one shape. */
export interface Given {
  readonly options: Readonly<Record<string, unknown>>;
  readonly callback: (() => void) | undefined;
}

/** The arguments of `listen` and `connect`: options, a path, or a port with a host; then perhaps a callback. */
export function parseArguments(args: readonly unknown[]): Given {
  // Node's own code passes a list that it has read already.
  if (Array.isArray(args[0])) return parseArguments(args[0]);
  const [first, second] = args;
  const last = args.at(-1);
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  if (typeof first === 'object' && first !== null) return { options: first as Given['options'], callback };
  if (typeof first === 'string' && isPath(first)) return { options: { path: first }, callback };
  const host = typeof second === 'string' ? { host: second } : {};
  return { options: { port: typeof first === 'function' ? undefined : first, ...host }, callback };
}

/** A text that is not a number is a path. */
function isPath(text: string): boolean {
  return !(Number(text) >= 0);
}
