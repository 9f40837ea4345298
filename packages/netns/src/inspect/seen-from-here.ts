import type { Nsids } from '../network/nsids.ts';
import type { MachineNamespace } from './census.ts';
import { deviceNames, deviceNamesOfProcess } from './device-names.ts';
import { openMachineNamespace } from './open.ts';

/** What this process can tell of a network namespace without changing anything in it. */
export interface SeenFromHere {
  /** The id that it has in the namespace of this process. */
  readonly nsid?: number;
  /** The names of its devices; without the right to look, none. */
  readonly devices?: readonly string[];
}

export async function seenFromHere(
  namespace: MachineNamespace,
  wantsDevices: boolean,
  nsids: Nsids | undefined,
): Promise<SeenFromHere> {
  const pid = namespace.current ? process.pid : namespace.keepers.find((keeper) => keeper.kind === 'process')?.pid;
  const byProcess = wantsDevices && pid !== undefined ? deviceNamesOfProcess(pid) : undefined;
  const isKnown = byProcess !== undefined || !wantsDevices;
  if (nsids === undefined && isKnown) return byProcess === undefined ? {} : { devices: byProcess };
  using open = openMachineNamespace(namespace);
  const devices = byProcess ?? (wantsDevices ? open && deviceNames(open) : undefined);
  const entry = open && (await nsids?.get({ fd: open.fd }));
  return {
    ...(entry === undefined || entry.nsid < 0 ? {} : { nsid: entry.nsid }),
    ...(devices === undefined ? {} : { devices }),
  };
}
