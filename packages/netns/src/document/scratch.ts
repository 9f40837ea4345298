import { createNamespace } from '../namespaces/namespace.ts';
import { openNetwork } from '../network/network.ts';
import type { Place } from './sections/part-section.ts';

/** Does something in a new namespace that nobody sees, and that is gone afterwards: to find out what is usual, and what the kernel takes. */
export async function withScratch<T>(work: (place: Place) => Promise<T>): Promise<T> {
  using scratch = createNamespace('net');
  using network = openNetwork(scratch);
  return await work({ network, namespace: scratch.fd });
}

/** Gives the sysctls of a new namespace; reads them when they are first asked for. */
export function usualSysctls(): () => Promise<ReadonlyMap<string, unknown>> {
  let reading: Promise<ReadonlyMap<string, unknown>> | undefined;
  return () => {
    reading ??= withScratch(
      async ({ network }) => new Map((await network.sysctl.list()).map(({ name, value }) => [name, value])),
    );
    return reading;
  };
}
