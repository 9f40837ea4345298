import { readFileSync } from 'node:fs';
import { namespaceFlags } from '../../../namespaces/type.ts';
import { everyCapability } from '../../../process/plan/capabilities.ts';
import type { Entry, Place, SetUp } from '../../../process/plan/set-up.ts';
import type { PlanStep } from '../../../process/plan/step.ts';
import type { Io } from '../../io.ts';
import { failure } from '../util-linux/failure.ts';
import { type Prepared, runInPlace } from '../util-linux/run.ts';
import { utilLinuxStyle } from '../util-linux/style.ts';
import { entriesOf } from './entries.ts';
import { handOver, openCgroup, openFile } from './open.ts';
import { type Request, readRequest } from './request.ts';
import { contextOf } from './selinux.ts';
import { nsenterMessage } from './wording.ts';

const program = 'nsenter';

/** Runs `nsenter` with the words behind its name: this process becomes the command. Returns the status if that fails. */
export function runNsenter(argv: readonly string[], io: Io): number {
  return runInPlace(io, () => prepare(readRequest(argv), io), utilLinuxStyle(program, nsenterMessage));
}

function prepare(request: Request, io: Io): Prepared {
  const context = contextOf(request);
  const enter = entriesOf(request);
  const pid = request.target?.pid;
  const root = placeOf(request.root, pid, 'root');
  const wd = placeOf(request.wd, pid, 'cwd');
  const wdns = request.wdns?.directory;
  const env = request.env ? environmentOf(pid) : io.env;
  const file = followed(request);
  const cgroup = request.joinCgroup ? openCgroup(() => readCgroup(pid)) : undefined;
  if (enter.length === 0 && !request.all) throw failure(program, 'no namespace specified');
  const has = (type: keyof typeof namespaceFlags) => enter.some(({ flags }) => (flags & namespaceFlags[type]) !== 0);
  const setUp: SetUp = {
    parent: String(process.pid),
    ...(context === undefined ? {} : { context }),
    enter,
    ...credentialsOf(request, enter, file),
    ...(root === undefined ? {} : { root, keepCwd: wd === undefined && wdns === undefined }),
    ...(wd === undefined ? {} : { cwd: wd }),
    ...(wdns === undefined ? {} : { cwd: { take: ['open', wdns] } }),
    ...(cgroup === undefined ? {} : { cgroupFile: handOver(cgroup) }),
    ...(has('pid') && request.fork ? { fork: { mirrorStops: true } } : {}),
    ...(request.keepCaps && has('user') ? { capabilities: { ambient: everyCapability } } : {}),
  };
  return { setUp, command: request.command, env };
}

function placeOf(
  place: number | 'target' | undefined,
  pid: number | undefined,
  link: 'root' | 'cwd',
): Place | undefined {
  if (place === undefined) return undefined;
  if (place !== 'target') return { take: handOver(place) };
  return { take: ['use', String(openFile(ofTarget(pid, link)))] };
}

/** A file of the target's. */
function ofTarget(pid: number | undefined, name: string): string {
  if (pid === undefined) throw failure(program, `neither filename nor target pid supplied for ${name}`);
  return `/proc/${pid}/${name}`;
}

function readCgroup(pid: number | undefined): string {
  try {
    return readFileSync(ofTarget(pid, 'cgroup'), 'utf8');
  } catch {
    throw failure(program, 'failed to get cgroup path');
  }
}

function environmentOf(pid: number | undefined): NodeJS.ProcessEnv {
  const path = ofTarget(pid, 'environ');
  try {
    const pairs = readFileSync(path, 'utf8').split('\0');
    return Object.fromEntries(
      pairs
        .filter((pair) => pair.includes('='))
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
  } catch (error) {
    const { errno, syscall } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    const text = syscall === 'open' ? `cannot open ${path}` : 'failed to get environment variables';
    throw failure(program, text, Math.abs(errno));
  }
}

/**
 * Whoever enters a user namespace becomes its root, unless told otherwise: most likely nobody else exists in there. The ids of a target
 * are those that it has inside.
 */
function credentialsOf(
  { uid, gid, preserveCredentials }: Request,
  enter: readonly Entry[],
  file: PlanStep | undefined,
): Pick<SetUp, 'credentials' | 'dropGroups'> {
  const becomesRoot = enter.some(({ flags }) => flags === namespaceFlags.user) && !preserveCredentials;
  const user = idOf(uid) ?? (becomesRoot ? 0 : undefined);
  const group = idOf(gid) ?? (becomesRoot ? 0 : undefined);
  if (user === undefined && group === undefined) return {};
  return {
    ...(becomesRoot ? { dropGroups: true } : {}),
    credentials: {
      ...(group === undefined ? {} : { groups: becomesRoot ? 'late' : 'late-if-allowed', gid: group }),
      ...(user === undefined ? {} : { uid: user }),
      ...(file === undefined ? {} : { file }),
    },
  };
}

function idOf(id: number | 'follow' | undefined): number | 'owner' | undefined {
  return id === 'follow' ? 'owner' : id;
}

/** The directory of a process in /proc belongs to whom it runs as. */
function followed({ uid, gid, target }: Request): PlanStep | undefined {
  if (uid !== 'follow' && gid !== 'follow') return undefined;
  return handOver(openFile(ofTarget(target?.pid, '')));
}
