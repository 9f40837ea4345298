/**
 * A guided tour of what this package does, on this kernel: `npm run demo`, or step by step `npm run demo -- --step`.
 *
 * It needs no root where ordinary users may make user namespaces. Everything happens in namespaces of its own, so nothing of it can
 * stay behind, however it ends.
 */
import { fileURLToPath } from 'node:url';
import { outsideFromArguments, runOnOwnGround } from './ground.ts';
import { Narrator } from './narrator.ts';
import { Stage } from './stage.ts';
import { steps } from './steps.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // `npm run demo | head`
  throw error;
});

const outside = outsideFromArguments(process.argv.slice(2));
if (outside === undefined) {
  process.exitCode = await runOnOwnGround(fileURLToPath(import.meta.url), process.argv.slice(2));
} else {
  await using stage = new Stage(outside);
  const narrator = new Narrator(process.argv.includes('--step'));
  for (const step of steps) await narrator.tell(step, stage);
  narrator.close();
}
