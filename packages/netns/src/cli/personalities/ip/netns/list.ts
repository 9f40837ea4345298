import { listNames } from '../../../../namespaces/names.ts';
import type { Session } from '../session.ts';
import { askForId, isReadable } from './ids.ts';

/** `ip netns list`: every name, and the id that its namespace has in ours, if it has one. */
export async function list(session: Session): Promise<number> {
  if (!isReadable(session.runDirectory)) return 0; // also with -json: nothing at all, not `[]`
  const names = listNames({ runDirectory: session.runDirectory });
  const connection = names.length > 0 ? await session.connection() : undefined;
  const entries = [];
  for (const entry of names) {
    const { id, complaint } = connection === undefined ? {} : askForId(connection, entry);
    // ip asks twice, once for its table of names and once for this list, and says twice what it was told
    if (complaint !== undefined) session.warn(`${complaint}\n${complaint}\n`);
    entries.push(id === undefined ? { name: entry.name } : { name: entry.name, id });
  }
  if (session.options.json) session.printJson(entries);
  else
    for (const { name, id } of entries) session.output.write(id === undefined ? `${name}\n` : `${name} (id: ${id})\n`);
  return 0;
}
