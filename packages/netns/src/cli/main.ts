import { dispatch } from './dispatch.ts';
import { ReaderGone, standardIo } from './io.ts';
import { leave } from './leave.ts';
import { fileSink } from './personalities/ip/io.ts';

export { dispatch };

/** The program; `atEnd` is what is left to do behind it. What is said is written by then: a sink keeps nothing back. */
export async function main(atEnd: () => void = () => {}): Promise<void> {
  try {
    const status = await dispatch(process.argv.slice(2), standardIo(process.env));
    atEnd();
    leave(status);
  } catch (error) {
    if (error instanceof ReaderGone) leave(0);
    // A fault of our own. Node would show the line as well: all of the bundle.
    fileSink(2, false).write(`${error instanceof Error ? error.stack : error}\n`);
    leave(1);
  }
}
