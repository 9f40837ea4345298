import type { Nsids } from '../network/nsids.ts';
import { ResourceStack } from '../resource.ts';
import type { MachineNamespace } from './census.ts';
import { deviceNames, deviceNamesOfProcess } from './device-names.ts';
import { openMachineNamespace } from './open.ts';

/** What this process can tell of a network namespace without changing anything in it. */
export interface SeenFromHere {
  /** The id that it has in the namespace of this process. */
  nsid?: number;
  /** The names of its devices; without the right to look, none. */
  devices?: readonly string[];
}

/** What can be seen of each network namespace among these, by inode number. Ids are asked for where there is somebody to ask. */
export async function seenFromHere(
  namespaces: readonly MachineNamespace[],
  wantsDevices: boolean,
  nsids: Nsids | undefined,
): Promise<ReadonlyMap<number, Readonly<SeenFromHere>>> {
  const networks = namespaces.filter(({ type }) => type === 'net');
  const devices = wantsDevices ? devicesOf(networks) : new Map<number, readonly string[]>();
  // Mostly no other namespace has an id here: one question then saves one for each.
  const giver = nsids !== undefined && (await nsids.list()).length > 0 ? nsids : undefined;
  const seen = new Map<number, SeenFromHere>();
  for (const namespace of networks) {
    const nsid = giver && (await nsidOf(namespace, giver));
    const names = devices.get(namespace.inode);
    const here: SeenFromHere = {};
    if (nsid !== undefined) here.nsid = nsid;
    if (names !== undefined) here.devices = names;
    seen.set(namespace.inode, here);
  }
  return seen;
}

async function nsidOf(namespace: MachineNamespace, nsids: Nsids): Promise<number | undefined> {
  using open = openMachineNamespace(namespace);
  const entry = open && (await nsids.get({ fd: open.fd }));
  return entry === undefined || entry.nsid < 0 ? undefined : entry.nsid;
}

/** So many are entered, and so are open, at a time: who counts references meanwhile counts these. */
const together = 32;

function devicesOf(namespaces: readonly MachineNamespace[]): Map<number, readonly string[]> {
  const devices = new Map<number, readonly string[]>();
  const toEnter: MachineNamespace[] = [];
  for (const namespace of namespaces) {
    const names = devicesByProcess(namespace);
    if (names === undefined) toEnter.push(namespace);
    else devices.set(namespace.inode, names);
  }
  for (let at = 0; at < toEnter.length; at += together) {
    using all = new ResourceStack();
    const open = toEnter.slice(at, at + together).flatMap((namespace) => {
      const opened = openMachineNamespace(namespace);
      return opened === undefined ? [] : [all.use(opened)];
    });
    for (const [index, names] of deviceNames(open).entries())
      if (names !== undefined) devices.set(open[index]?.id.ino ?? -1, names);
  }
  return devices;
}

/** A process that is in there tells, which takes no right to enter. */
function devicesByProcess({ current, keepers }: MachineNamespace): readonly string[] | undefined {
  const pid = current ? process.pid : keepers.find((keeper) => keeper.kind === 'process')?.pid;
  return pid === undefined ? undefined : deviceNamesOfProcess(pid);
}
