import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';

/**
 * Runs around every kernel test: whatever the test opened, mounted, named or made is gone afterwards, and no thread of this
 * process has left its namespaces.
 */
interface Census {
  readonly descriptors: Record<string, string>;
  readonly threads: string[];
  readonly links: string[];
  readonly names: string[];
  readonly mounts: string[];
  readonly children: string[];
}

const types = ['net', 'mnt', 'user', 'uts', 'ipc', 'pid', 'cgroup', 'time'];

function openDescriptors(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      // Node's own event loops and Vitest's transport come and go; namespaces, netlink and other sockets are ours.
      if (/^(net|mnt|user|uts|ipc|pid|cgroup|time):\[|^socket:|inotify|mountinfo|\/run\//.test(target))
        found[fd] = target;
    } catch {} // the descriptor of this listing itself
  }
  return found;
}

function threadNamespaces(): string[] {
  const seen = new Set<string>();
  for (const tid of readdirSync('/proc/self/task')) {
    for (const type of types) seen.add(readlinkSync(`/proc/self/task/${tid}/ns/${type}`));
  }
  return [...seen].sort();
}

function list(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function childProcesses(): string[] {
  return list('/proc/self/task').flatMap((tid) => {
    try {
      return readFileSync(`/proc/self/task/${tid}/children`, 'utf8').split(' ').filter(Boolean);
    } catch {
      return [];
    }
  });
}

function census(): Census {
  return {
    descriptors: openDescriptors(),
    threads: threadNamespaces(),
    links: readFileSync('/proc/self/net/dev', 'utf8')
      .split('\n')
      .slice(2)
      .map((line) => line.split(':')[0]?.trim() ?? ''),
    names: list('/run/netns'),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' ').slice(3, 5).join(' '))
      .sort(),
    children: childProcesses(),
  };
}

let before: Census;
beforeEach(() => {
  before = census();
});

afterEach(async () => {
  // Closing a child's streams and libuv handles takes a turn or two of the event loop.
  for (let turn = 0; turn < 100 && JSON.stringify(census()) !== JSON.stringify(before); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const after = census();
  // The first name makes the run directory a mount point, for good: that is no leak.
  const runMount = (line: string) => !line.endsWith(' /run/netns');
  expect({ ...after, mounts: after.mounts.filter(runMount) }).toEqual({
    ...before,
    mounts: before.mounts.filter(runMount),
  });
});
