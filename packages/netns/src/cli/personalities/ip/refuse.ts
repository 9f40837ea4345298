import { notImplemented } from './exit.ts';
import type { Session } from './session.ts';

/** `-resolve` would show names for addresses: a listing that did not would look complete without being so. */
export function refuseResolve({ options }: Session): void {
  if (options.resolve) throw notImplemented('The option "-resolve"');
}

/** `-echo` would show what the kernel made of a change. */
export function refuseEcho({ options }: Session): void {
  if (options.echo) throw notImplemented('The option "-echo"');
}
