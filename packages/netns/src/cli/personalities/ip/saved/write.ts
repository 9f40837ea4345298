import { NLM_F_MULTI, writeMessage } from '../../../../netlink/header.ts';
import { Writer } from '../../../../wire/writer.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';
import type { Saved } from './saved.ts';
import { verbatim } from './verbatim.ts';

/**
 * Writes a table to standard output: the number that says what it is, then the kernel's messages. Like `ip`, it writes the number before
 * `find` reads the words of the command. Throws Exit (1) for a terminal.
 */
export async function writeSaved(
  { io, output }: Session,
  { magic, declaration }: Saved,
  find: () => Promise<readonly Uint8Array[]>,
): Promise<number> {
  if (io.stdout.isTerminal) throw failure('Not sending a binary stream to stdout');
  output.flush();
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, magic, true);
  io.stdout.write(number);
  const writer = new Writer();
  const header = { type: declaration.types.new ?? 0, flags: NLM_F_MULTI };
  for (const payload of await find()) {
    writer.align();
    writeMessage(writer, header, verbatim(declaration), payload as never);
  }
  writer.align();
  io.stdout.write(writer.finish());
  return 0;
}
