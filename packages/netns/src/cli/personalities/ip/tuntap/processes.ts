import { readdirSync, readFileSync } from 'node:fs';

/** A program that reads and writes the packets of a device. */
export interface Attached {
  readonly name: string;
  readonly pid: number;
}

/** The programs by device, once for each descriptor. Those of other users are not to be seen without privilege. */
export function attachedProcesses(proc = '/proc'): ReadonlyMap<string, readonly Attached[]> {
  const found = new Map<string, Attached[]>();
  for (const pid of entriesOf(proc)) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of entriesOf(`${proc}/${pid}/fdinfo`)) {
      const device = /^iff:\t(.+)$/m.exec(textOf(`${proc}/${pid}/fdinfo/${fd}`))?.[1];
      if (device === undefined) continue;
      const known = found.get(device) ?? [];
      found.set(device, [...known, { name: textOf(`${proc}/${pid}/comm`).trimEnd(), pid: Number(pid) }]);
    }
  }
  return found;
}

/** A process may have gone, or belong to somebody else. */
function entriesOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
