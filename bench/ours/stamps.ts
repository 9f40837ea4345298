/** Times a piece of work and prints its two stamps as the floor programs do. */
export async function report(work: () => unknown): Promise<void> {
  const start = process.hrtime.bigint();
  await work();
  process.stdout.write(`${start} ${process.hrtime.bigint()}\n`);
}

/** Times a piece of work so many times, without what is done in between. Behind the stamps of the whole comes each one's duration in ns. */
export async function reportEach(runs: number, work: () => unknown, between?: () => unknown): Promise<void> {
  const begin = process.hrtime.bigint();
  const durations: bigint[] = [];
  for (let run = 0; run < runs; run++) {
    if (run > 0) await between?.();
    const start = process.hrtime.bigint();
    await work();
    durations.push(process.hrtime.bigint() - start);
  }
  process.stdout.write(`${begin} ${process.hrtime.bigint()}\n${durations.join('\n')}\n`);
}
