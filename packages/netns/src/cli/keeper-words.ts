import type { Holder, Keeper, KeeperKind } from '../inspect/keeper.ts';
import { type Programs, programs } from '../inspect/programs.ts';

const plural: Readonly<Record<KeeperKind, readonly [one: string, many: string]>> = {
  process: ['process', 'processes'],
  thread: ['thread', 'threads'],
  'for-children': ['parent-to-be', 'parents-to-be'],
  descriptor: ['open file', 'open files'],
  socket: ['socket', 'sockets'],
  tun: ['tun', 'tuns'],
  'proc-file': ['file of /proc', 'files of /proc'],
  registered: ['registered file', 'registered files'],
  mount: ['mount', 'mounts'],
  'in-flight': ['in flight', 'in flight'],
  child: ['below', 'below'],
};

/** `2 processes, 1 mount`: how many keepers of each kind there are. */
export function sumUpKeepers(keepers: readonly Keeper[]): string {
  const counts = new Map<KeeperKind, number>();
  for (const { kind } of keepers) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${plural[kind][count === 1 ? 0 : 1]}`).join(', ');
}

/** `process 12 (sleep 100)`. */
export function sayProcess(pid: number, of: Programs = programs): string {
  const isThis = of === programs && pid === process.pid;
  return `process ${pid} (${isThis ? 'this command' : shorten(of.commandOf(pid))})`;
}

/** `descriptor 3 of process 12 (sleep 100)`. */
export function sayHolder({ pid, tid, fd }: Holder, of: Programs = programs): string {
  return `descriptor ${fd} of ${tid === undefined ? '' : `thread ${tid} of `}${sayProcess(pid, of)}`;
}

/** What a keeper is, in words: the beginning of a sentence. */
export function sayKeeper(keeper: Keeper, of: Programs = programs): string {
  switch (keeper.kind) {
    case 'process':
      return sayProcess(keeper.pid, of);
    case 'thread':
      return `thread ${keeper.tid} of ${sayProcess(keeper.pid, of)}`;
    case 'for-children':
      return `for the children of ${keeper.tid === undefined ? '' : `thread ${keeper.tid} of `}${sayProcess(keeper.pid, of)}`;
    case 'descriptor':
      return `${keeper.detached ? 'detached mount: ' : ''}${sayHolder(keeper, of)}`;
    case 'socket': {
      const [first, ...others] = keeper.holders;
      const more = others.length === 0 ? '' : ` and ${others.length} more`;
      return `socket: ${first === undefined ? `number ${keeper.socket}` : sayHolder(first, of)}${more}`;
    }
    case 'tun':
      return `tun ${keeper.device ?? 'without a device'}: ${sayHolder(keeper, of)}`;
    case 'proc-file':
      return `${keeper.path}: ${sayHolder(keeper, of)}`;
    case 'registered':
      return `${keeper.what === 'socket' ? 'socket' : 'open file'} registered with io_uring: ${sayHolder(keeper, of)}`;
    case 'mount':
      return `mounted on ${keeper.path} in mnt:[${keeper.mountNamespace}]${keeper.covered ? ', covered by another mount' : ''}`;
    case 'in-flight':
      return `${keeper.what} in flight to ${sayHolder(keeper.receiver, of)}`;
    case 'child':
      return `above ${keeper.type}:[${keeper.inode}]`;
  }
}

const shown = 40;

function shorten(command: string): string {
  return command.length > shown ? `${command.slice(0, shown - 1)}…` : command;
}
