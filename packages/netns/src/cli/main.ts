import { dispatch } from './dispatch.ts';
import { ReaderGone, standardIo } from './io.ts';

/** The program. What is said is written by then: `writeSync` keeps nothing back. */
async function main(): Promise<void> {
  const io = await standardIo(process.env);
  process.exit(await dispatch(process.argv.slice(2), io));
}

main().catch((error) => {
  if (error instanceof ReaderGone) process.exit(0);
  throw error;
});
