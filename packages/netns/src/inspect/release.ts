import type { MachineNamespace } from './census.ts';
import type { Holder, Keeper } from './keeper.ts';

/** What would make a keeper let go, in words that can be followed; `find` knows the other namespaces of the census. Pure. */
export function howToRelease(
  keeper: Keeper,
  namespace: Pick<MachineNamespace, 'names' | 'paths'>,
  find: (inode: number) => Pick<MachineNamespace, 'current' | 'keepers'> | undefined,
): string {
  switch (keeper.kind) {
    case 'process':
      return `end process ${keeper.pid}`;
    case 'thread':
      return `the thread has to leave or end, or end process ${keeper.pid}`;
    case 'for-children':
      return `end process ${keeper.pid}`;
    case 'descriptor':
    case 'tun':
    case 'proc-file':
      return letGo([keeper]);
    case 'socket':
      return letGo(keeper.holders);
    case 'mount':
      return howToUnmount(keeper, namespace, find);
    case 'in-flight':
      return `process ${keeper.receiver.pid} has to receive it and close it, or to close descriptor ${keeper.receiver.fd}`;
    case 'child':
      return `it goes with ${keeper.type}:[${keeper.inode}]: netns why ${keeper.type}:[${keeper.inode}]`;
  }
}

function letGo(holders: readonly Holder[]): string {
  const [first, ...others] = holders;
  if (first === undefined) return 'whoever has it has to close it';
  const one = ({ pid, tid, fd }: Holder) =>
    `descriptor ${fd} of ${tid === undefined ? '' : `thread ${tid} of `}process ${pid}`;
  if (others.length === 0) return `close ${one(first)}, or end the process`;
  return `close ${one(first)}, and ${others.map(one).join(', ')}, or end these processes`;
}

function howToUnmount(
  { path, mountNamespace }: Extract<Keeper, { kind: 'mount' }>,
  { names, paths }: Pick<MachineNamespace, 'names' | 'paths'>,
  find: (inode: number) => Pick<MachineNamespace, 'current' | 'keepers'> | undefined,
): string {
  const place = find(mountNamespace);
  const name = names[paths.indexOf(path)];
  if (name !== undefined && place?.current) return `netns del ${name}`;
  if (place?.current) return `umount ${path}`;
  const viewer = place?.keepers.find((keeper) => keeper.kind === 'process');
  if (viewer !== undefined) return `nsenter --mount=/proc/${viewer.pid}/ns/mnt umount ${path}`;
  return `it goes with mnt:[${mountNamespace}], which no process is in: netns why mnt:[${mountNamespace}]`;
}
