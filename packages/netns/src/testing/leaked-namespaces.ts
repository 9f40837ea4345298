import { census, type MachineNamespace } from '../inspect/census.ts';
import type { Holder, Keeper } from '../inspect/keeper.ts';
import { parseStatLine } from '../namespaces/discover/stat-line.ts';
import { idOfFileIfAny } from '../namespaces/identity.ts';
import { FileReader } from '../native/file-reader.ts';

/** What may be left when a test is over, and for how long it may take to go. */
export interface LeakedNamespacesOptions {
  /** For how many milliseconds what is left may take to go away. Default: 2000. */
  readonly patienceMs?: number;
}

/**
 * Runs a test and fails if a network namespace is left of it: one that was not there before and that this process, one that it has
 * started, or a mount in its mount namespace keeps. What others do on the machine meanwhile does not count.
 *
 *     await expectNoLeakedNamespaces(async () => {
 *       using blue = NetworkNamespace.create();
 *     });
 *
 * Returns what the test returns. Throws an Error that names each namespace and what keeps it.
 */
export async function expectNoLeakedNamespaces<T>(
  test: () => Promise<T> | T,
  { patienceMs = 2000 }: LeakedNamespacesOptions = {},
): Promise<T> {
  const before = new Set((await networkNamespaces()).map(identityOf));
  const result = await test();
  const end = performance.now() + patienceMs;
  for (;;) {
    const family = familyOf(process.pid);
    const left = (await networkNamespaces()).filter((each) => !before.has(identityOf(each)));
    const ours = left.filter(({ keepers }) => keepers.some((keeper) => isOurs(keeper, family)));
    if (ours.length === 0) return result;
    if (performance.now() > end) throw new Error(ours.map(complaint).join('\n'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function networkNamespaces(): Promise<readonly MachineNamespace[]> {
  return (await census({ types: ['net', 'mnt'], relations: false, queues: 'always' })).namespaces.filter(
    ({ type }) => type === 'net',
  );
}

/** An inode number may be used again; the id not. */
function identityOf({ inode, id }: MachineNamespace): string {
  return `${inode} ${id ?? ''}`;
}

/** A process and all that descend from it. */
function familyOf(pid: number): ReadonlySet<number> {
  const reader = new FileReader();
  const family = new Set([pid]);
  // A child has mostly a larger number than its parent; where numbers have wrapped around, a second turn finds it.
  const pids = reader.numbers('/proc') ?? [];
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const each of pids) {
      const line = reader.start(`/proc/${each}/stat`);
      const parent = line && parseStatLine(line)?.parent;
      if (parent !== undefined && family.has(parent)) family.add(each);
    }
  }
  return family;
}

function isOurs(keeper: Keeper, family: ReadonlySet<number>): boolean {
  const has = ({ pid }: Pick<Holder, 'pid'>) => family.has(pid);
  switch (keeper.kind) {
    case 'socket':
      return keeper.holders.some(has);
    case 'in-flight':
      return has(keeper.receiver);
    case 'mount':
      return keeper.mountNamespace === ownMounts();
    case 'child':
      return false;
    default:
      return has(keeper);
  }
}

function ownMounts(): number | undefined {
  return idOfFileIfAny('/proc/self/ns/mnt')?.ino;
}

function complaint({ inode, keepers }: MachineNamespace): string {
  return `net:[${inode}] is left, kept by ${keepers.map((keeper) => JSON.stringify(keeper)).join(', ')}`;
}
