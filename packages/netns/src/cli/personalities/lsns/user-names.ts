import { readFileSync } from 'node:fs';

/** The names of users by their numbers: the first line of each in /etc/passwd counts. passwd(5). */
export function readUserNames(file = '/etc/passwd'): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of readOrEmpty(file).split('\n')) {
    const [name = '', , uid = ''] = line.split(':');
    if (/^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
