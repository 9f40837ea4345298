import type { Contestant, Sample } from './headline.ts';

/**
 * Runs everyone once per round, in an order that turns by one each round: whatever changes slowly (load, heat, memory
 * layout) then hits everyone alike, and ratios are taken within a round.
 */
export async function runRounds(
  contestants: readonly Contestant[],
  rounds: number,
  progress: (text: string) => void,
): Promise<Record<string, Sample>[]> {
  const results: Record<string, Sample>[] = [];
  for (let round = 0; round < rounds; round++) {
    const samples: Record<string, Sample> = {};
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round + turn) % contestants.length];
      if (contestant === undefined || round >= (contestant.atMostRounds ?? rounds)) continue;
      progress(`round ${round + 1} of ${rounds}: ${contestant.name}`);
      samples[contestant.name] = await contestant.run();
    }
    results.push(samples);
  }
  progress('');
  return results;
}
