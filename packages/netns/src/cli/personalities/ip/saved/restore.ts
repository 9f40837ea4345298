import { NetlinkError } from '../../../../errors.ts';
import { NLM_F_CREATE } from '../../../../netlink/header.ts';
import { failure } from '../exit.ts';
import { refusalText } from '../report.ts';
import type { Session } from '../session.ts';
import type { Saved } from './saved.ts';
import { verbatim } from './verbatim.ts';

/** Gives the kernel what was saved. What is there already is said and passed over; what else it refuses is the end. Throws Exit. */
export async function restore(session: Session, saved: Saved, payloads: Iterable<Uint8Array>): Promise<number> {
  const connection = await session.connection();
  const declaration = verbatim(saved.declaration);
  const options = { operation: `restore a ${saved.noun}`, flags: NLM_F_CREATE };
  for (const payload of payloads) {
    try {
      connection.requestSync(declaration, 'new', payload, options);
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      if (error.code !== 'EEXIST') throw failure(refusalText(error), saved.wrongMessage);
      session.warn(`${refusalText(error)}\n`);
    }
  }
  return 0;
}
