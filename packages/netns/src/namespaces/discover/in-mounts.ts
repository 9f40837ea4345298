import { type NamespaceType, namespaceTypes } from '../type.ts';

/** A namespace file that is mounted somewhere. */
export interface SeenMount {
  readonly type: NamespaceType;
  readonly inode: number;
  /** Where it is mounted. */
  readonly target: string;
  /** Something else is mounted over it. */
  readonly covered?: true;
  /** The same, a character for each byte, where it is no UTF-8. */
  readonly raw?: string;
}

const root = /^(\w+):\[(\d+)\]$/;

/** Finds the namespaces in the text of a mountinfo file, a character for each byte, in its order. proc_pid_mountinfo(5). */
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
    if (type === undefined) return [];
    return [{ type, inode: Number(inode), ...pathOf(target), ...(below.has(mount) ? { covered: true as const } : {}) }];
  });
}

/** Blanks and the like are written as three octal digits, byte by byte. */
function pathOf(text: string): Pick<SeenMount, 'target' | 'raw'> {
  const raw = text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
  const bytes = Buffer.from(raw, 'latin1');
  const target = bytes.toString();
  return Buffer.from(target).equals(bytes) ? { target } : { target, raw };
}
