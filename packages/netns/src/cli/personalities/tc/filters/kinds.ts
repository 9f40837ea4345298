import { basic, cgroup } from './basic.ts';
import { bpf } from './bpf.ts';
import { flow } from './flow.ts';
import { flower } from './flower.ts';
import { fw } from './fw.ts';
import type { FilterKind } from './kind.ts';
import { matchall } from './matchall.ts';
import { route } from './route.ts';
import { u32 } from './u32.ts';

/** Every kind of filter that this `tc` has words for. */
export const filterKinds: Readonly<Record<string, FilterKind>> = {
  u32,
  bpf,
  flower,
  matchall,
  basic,
  fw,
  cgroup,
  flow,
  route,
};

export function filterKindOf(name: string): FilterKind | undefined {
  return Object.hasOwn(filterKinds, name) ? filterKinds[name] : undefined;
}
