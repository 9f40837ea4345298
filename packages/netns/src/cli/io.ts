import { fstatSync } from 'node:fs';
import { fileSink, type Io as IpIo, type Sink } from './personalities/ip/io.ts';

export { ReaderGone, type Sink } from './personalities/ip/io.ts';

/** Where a verb reads its surroundings and writes its answers; the tests give their own. */
export interface Io extends IpIo {
  /** How many files a command may open, before Node raised that. */
  readonly softFileLimit?: number | undefined;
}

/** The surroundings of this process. `NETNS_…` variables are words from the front of the command, not for what we run. */
export async function standardIo(env: Readonly<NodeJS.ProcessEnv>): Promise<Io> {
  const { NETNS_ARGV0: path = 'netns', NETNS_SOFT_NOFILE: limit, NETNS_DESCRIPTORS: descriptors, ...rest } = env;
  if (descriptors !== undefined) await passOn(descriptors);
  return {
    stdout: await sink(1),
    stderr: await sink(2),
    env: rest,
    name: path.slice(path.lastIndexOf('/') + 1),
    softFileLimit: limit !== undefined && /^[0-9]+$/.test(limit) ? Number(limit) : undefined,
  };
}

/** What the command was started with beside the standard streams goes to what it starts; Node would close it. */
async function passOn(descriptors: string): Promise<void> {
  const { inheritDescriptors } = await import('../process/exec.ts');
  inheritDescriptors((descriptors.match(/[0-9]+/g) ?? []).map(Number));
}

async function sink(fd: number): Promise<Sink> {
  return fileSink(fd, await isTerminal(fd));
}

const memoryDevices = 1; // major number of /dev/null, /dev/zero, …

/** `node:tty` takes milliseconds to load: it is asked only about what may be a terminal at all. */
async function isTerminal(fd: number): Promise<boolean> {
  try {
    const status = fstatSync(fd);
    if (!status.isCharacterDevice() || status.rdev >> 8 === memoryDevices) return false;
    const { isatty } = await import('node:tty');
    return isatty(fd);
  } catch {
    return false; // closed
  }
}
