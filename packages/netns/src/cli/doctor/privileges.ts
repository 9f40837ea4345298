import { readdirSync, readlinkSync } from 'node:fs';
import { errnoMessage } from '../../errno.ts';
import { type NamespaceType, namespaceFlags, namespaceTypes } from '../../namespaces/type.ts';
import {
  AT_FDCWD,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  MS_PRIVATE,
  MS_REC,
  O_CLOEXEC,
  O_RDONLY,
} from '../../native/constants.ts';
import type { SyscallStep } from '../../native/syscall.ts';
import { attempt } from './attempt.ts';
import { capabilityNames, hasCapability } from './capability-names.ts';
import { explainNoRights, explainRefusal, missing } from './explain.ts';
import type { Finding } from './finding.ts';
import type { MachineFacts } from './machine-facts.ts';

const group = 'privileges';

const separates: Readonly<Record<NamespaceType, string>> = {
  mnt: 'mounts of their own',
  pid: 'process ids of their own',
  net: 'networks of their own',
  ipc: 'System V and POSIX queues of their own',
  uts: 'host names of their own',
  user: 'everything without root',
  cgroup: 'a control group as the root',
  time: 'clocks of their own',
};

/** What this process may do here: each tried in a child that is gone at once. */
export function privilegeFindings(facts: MachineFacts): Finding[] {
  const made = namespaceTypes.map((type) => tryMaking(type, facts));
  const rootless = tryRootless(facts);
  const net = made.find(({ what }) => what === makingOf('net'));
  const hopeless = net?.state !== 'yes' && rootless.state !== 'yes';
  return [
    ...capabilityFindings(facts),
    ...made,
    rootless,
    {
      group,
      what: 'network namespaces, one way or the other',
      state: hopeless ? 'no' : 'yes',
      neededFor: 'anything at all',
      note: hopeless
        ? 'neither by privilege nor in a user namespace'
        : net?.state === 'yes'
          ? 'by privilege'
          : 'in a user namespace: `netns run --new user,net`',
      essential: true,
    },
    tryEntering(facts),
    tryMounting(facts),
    lookAtProcesses(),
  ];
}

function capabilityFindings(facts: MachineFacts): Finding[] {
  return Object.entries(capabilityNames).map(([name, { neededFor }]) => {
    const has = hasCapability(facts, name as keyof typeof capabilityNames);
    return { group, what: name, state: has ? 'yes' : 'no', neededFor, note: has ? 'effective' : 'not effective' };
  });
}

function makingOf(type: NamespaceType): string {
  return `make ${type} namespaces`;
}

function tryMaking(type: NamespaceType, facts: MachineFacts): Finding {
  // A pid namespace is only there with its first process.
  const refused = type === 'pid' ? attempt([], CLONE_NEWPID) : attempt([['unshare', namespaceFlags[type]]]);
  return {
    group,
    what: makingOf(type),
    state: refused === undefined ? 'yes' : 'no',
    neededFor: separates[type],
    note: refused === undefined ? 'tried' : explainRefusal(refused.errno, type, facts),
  };
}

/** As an ordinary user would: a user namespace, and a network namespace with the rights that it gives. */
function tryRootless(facts: MachineFacts): Finding {
  const refused = attempt([
    ['unshare', CLONE_NEWUSER],
    ['unshare', CLONE_NEWNET],
  ]);
  const common = { group, what: 'rights in a user namespace', neededFor: 'networks and mounts without root' } as const;
  if (refused === undefined) return { ...common, state: 'yes', note: 'tried' };
  const note =
    refused.step === 0 ? explainRefusal(refused.errno, 'user', facts) : explainNoRights(refused.errno, facts);
  return { ...common, state: 'no', note };
}

/** Whoever may not enter that of the machine may enter those that belong to a user namespace of their own. */
function tryEntering(facts: MachineFacts): Finding {
  const refused = attempt(entering());
  const what = 'enter network namespaces';
  const result = finding(what, '`netns exec`, sockets inside', refused, missing(facts, 'CAP_SYS_ADMIN'));
  const own: SyscallStep[] = [
    ['unshare', CLONE_NEWUSER],
    ['unshare', CLONE_NEWNET],
  ];
  if (refused === undefined || attempt([...own, ...entering(own.length)]) !== undefined) return result;
  return { ...result, state: 'yes', note: 'tried, in a user namespace: those of root are closed' };
}

/** Opens and enters the network namespace of this process, as the steps behind so many others. */
function entering(before = 0): readonly SyscallStep[] {
  const opened = { result: before };
  return [
    ['openat', AT_FDCWD, '/proc/self/ns/net', O_RDONLY | O_CLOEXEC],
    ['setns', opened, CLONE_NEWNET],
    ['close', opened],
  ];
}

function tryMounting(facts: MachineFacts): Finding {
  const refused = attempt([
    ['unshare', CLONE_NEWNS],
    ['mount', '', '/', 'none', MS_REC | MS_PRIVATE, null],
    ['mount', 'none', '/proc', 'tmpfs', 0, null],
  ]);
  return finding('mount', 'names in /run/netns, /sys and /etc inside', refused, missing(facts, 'CAP_SYS_ADMIN'));
}

function finding(
  what: string,
  neededFor: string,
  refused: { readonly errno: number } | undefined,
  reasons: readonly string[],
): Finding {
  if (refused === undefined) return { group, what, state: 'yes', neededFor, note: 'tried' };
  return { group, what, state: 'no', neededFor, note: [errnoMessage(refused.errno), ...reasons].join('; ') };
}

/** Which processes say where they are. */
function lookAtProcesses(): Finding {
  let seen = 0;
  let refused = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      readlinkSync(`/proc/${pid}/ns/net`);
      seen++;
    } catch (error) {
      if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) refused++;
    }
  }
  return {
    group,
    what: 'look at all processes',
    state: refused === 0 ? 'yes' : 'no',
    neededFor: 'telling who is in a namespace',
    note: refused === 0 ? `${seen} of ${seen}` : `${refused} of ${seen + refused} do not let us look`,
  };
}
