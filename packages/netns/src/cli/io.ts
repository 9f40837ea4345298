import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { inheritDescriptors } from '../native/inherit.ts';
import { fileSink, type Io, isTerminal, type Sink } from './personalities/ip/io.ts';
import { calledAs } from './request.ts';

export { type Io, ReaderGone, type Sink } from './personalities/ip/io.ts';

/** The surroundings of this process. Three variables are words from the front of the command, and not for what we run: out with them. */
export function standardIo(env: NodeJS.ProcessEnv): Io {
  const { NETNS_ARGV0, NETNS_SOFT_NOFILE: limit, NETNS_DESCRIPTORS: descriptors } = env;
  for (const word of ['NETNS_ARGV0', 'NETNS_SOFT_NOFILE', 'NETNS_DESCRIPTORS']) delete env[word];
  // What the command was started with beside the standard streams goes to what it starts; Node would close it.
  if (descriptors !== undefined) inheritDescriptors((descriptors.match(/[0-9]+/g) ?? []).map(Number));
  return {
    stdout: sink(1),
    stderr: sink(2),
    env,
    name: calledAs({ NETNS_ARGV0 }),
    names: namesOf(env),
    softFileLimit: limit !== undefined && /^[0-9]+$/.test(limit) ? Number(limit) : undefined,
  };
}

/** What is no absolute path is to be ignored, says the XDG Base Directory Specification. */
function namesOf({ XDG_RUNTIME_DIR: userRuntimeDirectory }: Readonly<NodeJS.ProcessEnv>): RunDirectoryOptions {
  return userRuntimeDirectory?.startsWith('/') ? { userRuntimeDirectory } : {};
}

function sink(fd: number): Sink {
  return fileSink(fd, isTerminal(fd));
}
