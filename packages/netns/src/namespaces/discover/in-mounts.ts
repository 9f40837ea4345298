import { type NamespaceType, namespaceTypes } from '../type.ts';

/** A namespace file that is mounted somewhere. */
export interface SeenMount {
  readonly type: NamespaceType;
  readonly inode: number;
  /** Where it is mounted. */
  readonly target: string;
  /** Something else is mounted over it. */
  readonly covered?: true;
}

const root = /^(\w+):\[(\d+)\]$/;

/** Finds the namespaces in the text of a mountinfo file, in its order. proc_pid_mountinfo(5). */
export function findMounts(mountinfo: string): SeenMount[] {
  if (!mountinfo.includes(' - nsfs ')) return [];
  const lines = mountinfo.split('\n');
  const below = new Set(lines.map((line) => line.split(' ', 2)[1]));
  return lines.flatMap((line) => {
    const [fields = '', fileSystem = ''] = line.split(' - ');
    if (!fileSystem.startsWith('nsfs ')) return [];
    const [mount = '', , , from = '', target = ''] = fields.split(' ');
    const [, word = '', inode] = root.exec(from) ?? [];
    const type = namespaceTypes.find((each) => each === word);
    return type === undefined
      ? []
      : [{ type, inode: Number(inode), target: unescapePath(target), ...(below.has(mount) ? { covered: true } : {}) }];
  });
}

/** Blanks and the like are written as three octal digits, byte by byte. */
function unescapePath(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = Buffer.from(text);
  const plain: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const octal = /^\\([0-7]{3})/.exec(bytes.toString('latin1', at, at + 4))?.[1];
    plain.push(octal === undefined ? (bytes[at] ?? 0) : Number.parseInt(octal, 8));
    if (octal !== undefined) at += 3;
  }
  return Buffer.from(plain).toString();
}
