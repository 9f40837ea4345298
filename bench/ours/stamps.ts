/** Times a piece of work and prints its two stamps as the floor programs do. */
export async function report(work: () => void | Promise<void>): Promise<void> {
  const start = process.hrtime.bigint();
  await work();
  process.stdout.write(`${start} ${process.hrtime.bigint()}\n`);
}
