import { dispatch } from './dispatch.ts';
import { ReaderGone, standardIo } from './io.ts';
import { leave } from './leave.ts';

export { dispatch };

/** The program. What is said is written by then: a sink keeps nothing back. */
export async function main(): Promise<void> {
  try {
    leave(await dispatch(process.argv.slice(2), standardIo(process.env)));
  } catch (error) {
    if (error instanceof ReaderGone) leave(0);
    throw error;
  }
}
