import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { defaultRunDirectory } from '../namespaces/names.ts';
import { namespaceTypes } from '../namespaces/type.ts';

/** What a test may have left behind, of this process and of the network namespace that it is in. */
export interface Census {
  /** Open descriptors of namespaces, sockets and watched files, by number. */
  readonly descriptors: Readonly<Record<string, string>>;
  /** Every namespace that some thread of this process is in. */
  readonly threads: readonly string[];
  readonly links: readonly string[];
  /** Names of network namespaces. */
  readonly names: readonly string[];
  /** Mounts but for the run directory itself, which the first name makes a mount point for good. */
  readonly mounts: readonly string[];
  readonly children: readonly string[];
}

/** Takes stock. Compare two of them to see what is left over. */
export function leakCensus(): Census {
  return {
    descriptors: openDescriptors(),
    threads: threadNamespaces(),
    links: linesOf('/proc/self/net/dev')
      .slice(2)
      .map((line) => line.split(':')[0]?.trim() ?? ''),
    names: listOf(defaultRunDirectory),
    mounts: linesOf('/proc/self/mountinfo')
      .map((line) => line.split(' ').slice(3, 5).join(' '))
      .filter((line) => !line.endsWith(` ${defaultRunDirectory}`))
      .sort(),
    children: childProcesses(),
  };
}

/**
 * Takes stock again until nothing differs from `before`, or `milliseconds` have passed: closing takes a few turns of the event loop.
 * Returns the last census, for the assertion of your test framework: `expect(await settledCensus(before)).toEqual(before)`.
 */
export async function settledCensus(before: Census, milliseconds = 1000): Promise<Census> {
  const wanted = JSON.stringify(before);
  const end = performance.now() + milliseconds;
  let census = leakCensus();
  while (JSON.stringify(census) !== wanted && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    census = leakCensus();
  }
  return census;
}

/** Node's own event loops and a test runner's pipes come and go; namespaces, sockets and watches do not. */
const interesting = new RegExp(`^(${namespaceTypes.join('|')}):\\[|^socket:|inotify|mountinfo|/run/`);

function openDescriptors(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      if (interesting.test(target)) found[fd] = target;
    } catch {} // the descriptor of this very listing
  }
  return found;
}

function threadNamespaces(): string[] {
  const seen = new Set<string>();
  for (const tid of listOf('/proc/self/task')) {
    for (const type of namespaceTypes) {
      try {
        seen.add(readlinkSync(`/proc/self/task/${tid}/ns/${type}`));
      } catch {} // the thread has ended
    }
  }
  return [...seen].sort();
}

function childProcesses(): string[] {
  return listOf('/proc/self/task').flatMap((tid) => {
    try {
      return readFileSync(`/proc/self/task/${tid}/children`, 'utf8').split(' ').filter(Boolean);
    } catch {
      return []; // the thread has ended, or the kernel was built without this file
    }
  });
}

function listOf(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n');
}
