import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Processes of a VRF are in a control group whose path ends with this folder and the name of the VRF. */
const folder = 'vrf';

/** The VRF that a control group belongs to, by its path: `/vrf/red` is that of red. */
export function vrfOfPath(path: string): string | undefined {
  const parts = path.split('/');
  const at = parts.lastIndexOf(folder);
  const name = at < 0 ? undefined : parts[at + 1];
  return name === '' ? undefined : name;
}

/**
 * The control group of a VRF beside the one that a process is in, which may be that of another VRF; that of a namespace with a name
 * has its name in the path. Without a VRF it is where no socket is bound.
 */
export function groupBeside(own: string, namespace: string | undefined, name: string | undefined): string {
  const parts = own.split('/').filter((part, at, all) => part !== '' && !(part === folder || all[at - 1] === folder));
  const base = namespace === undefined || parts.at(-1) === `${namespace}-ns` ? parts : [...parts, `${namespace}-ns`];
  return `/${[...base, folder, ...(name === undefined ? [] : [name])].join('/')}`;
}

/** The path of the control group (version 2) in the text of /proc/PID/cgroup. */
export function pathIn(text: string): string | undefined {
  return /^\d+::(\/.*)$/m.exec(text)?.[1];
}

/** Where control groups of version 2 are mounted. */
export function mountIn(text: string): string | undefined {
  const line = text.split('\n').find((each) => each.split(' ')[2] === 'cgroup2');
  return line?.split(' ')[1]?.replace(/\\([0-7]{3})/g, (_all, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The processes of a VRF, wherever below this directory its control groups are; those that go meanwhile are left out. */
export function processesOfVrf(directory: string, name: string): readonly number[] {
  const found: number[] = [];
  for (const entry of foldersOf(directory)) {
    const path = join(directory, entry);
    if (entry === folder) found.push(...processesIn(join(path, name)));
    found.push(...processesOfVrf(path, name));
  }
  return found;
}

function foldersOf(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []));
  } catch {
    return [];
  }
}

function processesIn(group: string): number[] {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
