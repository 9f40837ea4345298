import type { GenericConnection } from '../../../../connection/generic.ts';
import type { Session } from '../session.ts';
import { withGeneric } from '../with-generic.ts';

/** What the kernel refuses here ends with 2. */
export function withMptcp<T>(session: Session, work: (connection: GenericConnection) => Promise<T>): Promise<T> {
  return withGeneric(session, work, 2);
}
