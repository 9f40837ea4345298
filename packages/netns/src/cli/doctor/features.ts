import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { ENOSYS } from '../../errno-numbers.ts';
import { KernelError, UnsupportedError } from '../../errors.ts';
import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import { createNamespace } from '../../namespaces/namespace.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { mayAdministrate } from '../../native/passage.ts';
import { syscall } from '../../native/syscall.ts';
import { findLimitPlaces } from '../../process/plan/limit-places.ts';
import { ownCgroupFacts } from '../../process/plan/resolve.ts';
import type { Limits } from '../../process/plan/spawn-plan.ts';
import { explainNoRights } from './explain.ts';
import type { Finding } from './finding.ts';
import type { MachineFacts } from './machine-facts.ts';
import { whyNoWriting } from './may-write.ts';
import { namesPlace } from './names-place.ts';

const group = 'features';

/** Late: it is half of what there is to load. */
const networks = () => import('../../network/network.ts');

/** What the kernel was built and set up with. */
export async function featureFindings(facts: MachineFacts, names: RunDirectoryOptions): Promise<Finding[]> {
  return [
    pidfds(facts),
    cookies(),
    await netlink(),
    await deviceKind('veth', 'connecting namespaces'),
    await deviceKind('bridge', 'connecting many namespaces'),
    ipv6(),
    tun(),
    controlGroups(),
    namesPlace(names, facts),
  ];
}

function pidfds(facts: MachineFacts): Finding {
  const fd = syscall('pidfd_open', process.pid, 0);
  if (fd >= 0) syscall('close', fd);
  return {
    group,
    what: 'pidfds',
    state: fd >= 0 ? 'yes' : 'no',
    neededFor: 'never taking one process for another',
    note: fd >= 0 ? 'tried' : fd === -ENOSYS ? 'Linux 5.3 has them' : explainNoRights(-fd, facts),
  };
}

function cookies(): Finding {
  using own = openNamespace({ pid: process.pid });
  const has = own.cookie !== undefined;
  return {
    group,
    what: 'cookies of namespaces',
    state: has ? 'yes' : 'no',
    neededFor: 'telling a namespace from a later one with its inode',
    note: has ? 'tried' : 'Linux 5.14 has them, for those who may enter',
  };
}

async function netlink(): Promise<Finding> {
  const common = {
    group,
    what: 'route netlink',
    neededFor: 'devices, addresses, ids; everything about networks',
  } as const;
  try {
    using network = (await networks()).openNetwork();
    await network.nsids.get({ pid: process.pid });
    return { ...common, state: 'yes', note: 'tried', essential: true };
  } catch (error) {
    return { ...common, state: 'no', note: textOf(error), essential: true };
  }
}

async function deviceKind(kind: 'veth' | 'bridge', neededFor: string): Promise<Finding> {
  const common = { group, what: `${kind} devices`, neededFor } as const;
  let created: ReturnType<typeof createNamespace>;
  try {
    created = createNamespace('net');
  } catch {
    return { ...common, state: 'unknown', note: 'not tried: it takes a new network namespace, which is refused' };
  }
  using namespace = created;
  try {
    using network = (await networks()).openNetwork(namespace);
    await network.links.add({ kind, name: 'try' });
    return { ...common, state: 'yes', note: mayAdministrate() ? 'tried' : 'tried, in a user namespace' };
  } catch (error) {
    return { ...common, state: 'no', note: textOf(error) };
  }
}

function ipv6(): Finding {
  const has = existsSync('/proc/self/net/if_inet6');
  return {
    group,
    what: 'IPv6',
    state: has ? 'yes' : 'no',
    neededFor: 'IPv6',
    note: has ? 'here' : 'not in this kernel',
  };
}

function tun(): Finding {
  const common = {
    group,
    what: '/dev/net/tun',
    neededFor: 'networks in user space: VPNs, slirp4netns, pasta',
  } as const;
  try {
    closeSync(openSync('/dev/net/tun', constants.O_RDWR));
    return { ...common, state: 'yes', note: 'opened' };
  } catch (error) {
    return { ...common, state: 'no', note: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/** Where `--limit` would make its groups, and whether we may. */
function controlGroups(): Finding {
  const refused = (['pids', 'memory', 'cpu'] as const).flatMap((controller) => {
    const why = whyNoLimit(controller);
    return why === undefined ? [] : [`${controller}: ${why}`];
  });
  return {
    group,
    what: 'control groups',
    state: refused.length === 0 ? 'yes' : 'no',
    neededFor: 'limits of processes, memory, and processors',
    note: refused.length === 0 ? 'may be made' : refused.join(', '),
  };
}

function whyNoLimit(controller: keyof Limits): string | undefined {
  try {
    const places = findLimitPlaces({ [controller]: 1 }, 'x', ownCgroupFacts());
    return places.map(({ directory }) => whyNoWriting(dirname(directory))).find((why) => why !== undefined);
  } catch (error) {
    if (error instanceof UnsupportedError) return `it needs ${error.since}`;
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function textOf(error: unknown): string {
  if (error instanceof KernelError) return error.message;
  throw error;
}
