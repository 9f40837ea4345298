import { aqmKinds } from './aqm.ts';
import { cake } from './cake.ts';
import { earlyKinds } from './early.ts';
import { fairKinds } from './fair.ts';
import type { Kind } from './kind.ts';
import { netem } from './netem.ts';
import { queueKinds } from './queues.ts';
import { shaperKinds } from './shapers.ts';
import { simpleKinds } from './simple.ts';

/** Every kind of queueing discipline that this `tc` has words for. */
export const kinds: Readonly<Record<string, Kind>> = {
  ...simpleKinds,
  ...shaperKinds,
  ...aqmKinds,
  ...earlyKinds,
  ...fairKinds,
  ...queueKinds,
  netem,
  cake,
};

export function kindOf(name: string): Kind | undefined {
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}
