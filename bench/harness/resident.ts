import { contestantsBy } from './contestants.ts';
import type { Bench } from './headline.ts';
import { numbersFrom } from './stamps.ts';

export const residentMetric = 'resident memory';
export const residentNote =
  'VmRSS as the kernel counts it, without asking for a garbage collection. 1 MB = 1,000,000 bytes.';

/** Contestants that are scripts of ours and print their own resident bytes (ours/resident.ts). */
export function residentContestants({ ground, tools }: Pick<Bench, 'ground' | 'tools'>) {
  return contestantsBy(async ([script = '', ...args]: readonly string[]) => {
    await ground.settle();
    const [bytes = Number.NaN] = numbersFrom(tools.ours(script, ...args));
    return { [residentMetric]: bytes / 1e6 };
  });
}
