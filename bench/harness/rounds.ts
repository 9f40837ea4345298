import type { Contestant, Sample } from './headline.ts';

/**
 * Runs everyone once per round, in an order that turns by one each round and runs backwards every other time: whatever
 * changes slowly (load, heat, memory layout), and what the neighbour before leaves behind, then hits everyone alike.
 */
export async function runRounds(
  contestants: readonly Contestant[],
  rounds: number,
  progress: (text: string) => void,
): Promise<Record<string, Sample>[]> {
  const results: Record<string, Sample>[] = [];
  for (let round = 0; round < rounds; round++) {
    const samples: Record<string, Sample> = {};
    const turned = [
      ...contestants.slice(round % contestants.length),
      ...contestants.slice(0, round % contestants.length),
    ];
    for (const contestant of round % 2 === 0 ? turned : turned.reverse()) {
      if (round >= (contestant.atMostRounds ?? rounds)) continue;
      progress(`round ${round + 1} of ${rounds}: ${contestant.name}`);
      samples[contestant.name] = await contestant.run();
    }
    results.push(samples);
  }
  progress('');
  return results;
}
