import type { KeeperKind } from '../../../src/inspect/keeper.ts';
import { KernelWalk } from '../../../src/inspect/kernel-list/walk.ts';

/** Whether the kernel shows its list: it takes rights on the machine itself, and a kernel that tells its types. */
function mayWalk(): boolean {
  try {
    new KernelWalk().close();
    return true;
  } catch {
    return false;
  }
}
export const hasList: boolean = mayWalk();

/** Kinds of what keeps each of the sorts of `keepers.ts`. */
export const expectedKinds: Readonly<Record<string, KeeperKind>> = {
  'table of a thread': 'descriptor',
  thread: 'thread',
  process: 'process',
  'nsfs descriptor': 'descriptor',
  'opened mount': 'descriptor',
  'detached mount': 'descriptor',
  'unbound TCP socket': 'socket',
  'netlink socket': 'socket',
  tun: 'tun',
  'own mount': 'mount',
  'covered mount': 'mount',
  'mount elsewhere': 'mount',
  'mount where no process is': 'mount',
  'file of /proc/net': 'proc-file',
  'descriptor in flight': 'in-flight',
  'socket in flight': 'in-flight',
  'socket in a circle': 'in-flight',
  'file in an io_uring': 'registered',
};

/** Nothing else leads to these. */
export const onlyListed: readonly string[] = ['file of /proc/net', 'second in a queue'];
