import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { errnoMessage } from '../../../../errno.ts';
import { idOfFile, sameNamespace } from '../../../../namespaces/identity.ts';
import { listNames } from '../../../../namespaces/names.ts';
import { Arena } from '../../../../native/arena.ts';
import { syscall } from '../../../../native/syscall.ts';
import { execInPlace, runAsChild } from '../../../../process/exec.ts';
import { ipFailures, nsexecWords } from '../../../../process/plan/failure-style.ts';
import { DeviceNames } from '../device-names.ts';
import { Exit, failure, misuse, notImplemented } from '../exit.ts';
import type { Session } from '../session.ts';
import { vrfNamed } from '../vrf.ts';
import { groupBeside, mountIn, pathIn } from './cgroups.ts';
import { bindingProgram } from './program.ts';

const BPF_PROG_LOAD = 5;
const BPF_PROG_ATTACH = 8;
const BPF_PROG_TYPE_CGROUP_SOCK = 9;
const BPF_CGROUP_INET_SOCK_CREATE = 2;
/** Up to the last member of `union bpf_attr` that is used here; the kernel takes the rest for zero. */
const attributeSize = 48;

/**
 * `ip vrf exec NAME cmd …`: this process becomes cmd, except in a batch, in a control group all of whose sockets are bound to the
 * VRF. `default` leaves it. Needs version 2 of control groups; bpf(2), Linux 4.10.
 */
export async function execInVrf(session: Session, [name, ...command]: readonly string[]): Promise<number> {
  if (name === undefined) throw failure('No VRF name specified');
  const [program, ...args] = command;
  if (program === undefined) throw failure('No command specified');
  // who enters a namespace by name leaves the VRF
  if (session.entered.length > 0) throw notImplemented('"ip -netns NAME vrf exec"');
  const index = name === 'default' ? 0 : indexOf(new DeviceNames(await session.connection()), name);
  enter(groupBeside(ownGroup(), namespaceName(session), index === 0 ? undefined : name), index);
  session.output.flush();
  const plan = nsexecWords([], ipFailures, program, args);
  if (!session.batch) return execInPlace(plan, session.io.env, session.io.softFileLimit);
  const { exitCode, signal } = await runAsChild(plan);
  if (signal !== null) throw new Exit('', 1, true);
  return exitCode ?? 1;
}

/** The last of the names of the namespace that this process is in, if it has one. */
function namespaceName({ runDirectory }: Session): string | undefined {
  const id = idOfFile('/proc/self/ns/net', 'find the network namespace of a process');
  try {
    return listNames({ runDirectory }).findLast((each) => each.id !== undefined && sameNamespace(each.id, id))?.name;
  } catch {
    return undefined; // there are no names
  }
}

function indexOf(devices: DeviceNames, name: string): number {
  try {
    return vrfNamed(devices, name).index;
  } catch {
    throw misuse('Invalid VRF name\n');
  }
}

function ownGroup(): string {
  const mount = mountIn(readFileSync('/proc/mounts', 'utf8'));
  if (mount === undefined)
    throw failure('Control groups of version 2 are not mounted: mount -t cgroup2 none /sys/fs/cgroup');
  return `${mount}${pathIn(readFileSync('/proc/self/cgroup', 'utf8')) ?? '/'}`;
}

/** Moves this process there, first seeing to it that sockets are bound. */
function enter(group: string, index: number): void {
  const told = <T>(what: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const { errno = 0 } = error as NodeJS.ErrnoException;
      throw failure(`Failed to ${what} ${group}: ${errnoMessage(-errno)}`);
    }
  };
  told('create', () => mkdirSync(group, { recursive: true }));
  if (index !== 0) {
    const directory = told('open', () => openSync(group, 'r'));
    try {
      attach(directory, index);
    } finally {
      closeSync(directory);
    }
  }
  told('join', () => writeFileSync(`${group}/cgroup.procs`, String(process.pid)));
}

function attach(group: number, index: number): void {
  const program = bindingProgram(index);
  using memory = new Arena(4096);
  const attributes = new DataView(new ArrayBuffer(attributeSize));
  attributes.setUint32(0, BPF_PROG_TYPE_CGROUP_SOCK, true);
  attributes.setUint32(4, program.length / 8, true);
  attributes.setBigUint64(8, BigInt(memory.put(0, program)), true);
  attributes.setBigUint64(16, BigInt(memory.put(program.length, new TextEncoder().encode('GPL\0'))), true);
  const loaded = bpf('prog load failed', BPF_PROG_LOAD, attributes);
  try {
    const target = new DataView(new ArrayBuffer(attributeSize));
    for (const [at, word] of [group, loaded, BPF_CGROUP_INET_SOCK_CREATE].entries())
      target.setUint32(4 * at, word, true);
    bpf('prog attach failed', BPF_PROG_ATTACH, target);
  } finally {
    syscall('close', loaded);
  }
}

function bpf(failing: string, command: number, attributes: DataView): number {
  const result = syscall('bpf', command, new Uint8Array(attributes.buffer), attributeSize);
  if (result < 0) throw failure(`Failed to load BPF prog: '${errnoMessage(-result)}' (${failing})`);
  return result;
}
