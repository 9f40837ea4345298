import { namespaceFlags } from '../../../namespaces/type.ts';
import { MS_PRIVATE, MS_REC } from '../../../native/constants.ts';
import { everyCapability } from '../../../process/plan/capabilities.ts';
import type { IdMapping, SetUp } from '../../../process/plan/set-up.ts';
import { signalMask } from '../../../process/plan/signals.ts';
import type { Request } from './request.ts';

/** The steps are unshare's own order, but for one: the signal for our death comes after the change of ids, which would undo it. */
export function setUpOf(request: Request): SetUp {
  const { flags, persist, owner, root, wd, proc, binfmt, interpreter, uid, gid, setgroups } = request;
  const has = (type: keyof typeof namespaceFlags) => (flags & namespaceFlags[type]) !== 0;
  return {
    parent: String(process.pid),
    unshare: flags,
    persist,
    bindAside: has('mnt') || has('user'),
    ...mapsOf(request),
    ...(process.geteuid?.() === 0 ? {} : { mappers: { users: 'newuidmap', groups: 'newgidmap' } }),
    ...(owner === undefined ? {} : { owner }),
    offsets: offsetsOf(request),
    ...(request.fork ? { fork: forkOf(request) } : {}),
    ...(request.killSignal === undefined ? {} : { deathSignal: { signal: request.killSignal, parent: 0 } }),
    ...(setgroups === undefined ? {} : { setgroups }),
    ...(has('mnt') && request.propagation !== undefined ? { propagation: request.propagation } : {}),
    ...(root === undefined ? {} : { root: { path: root } }),
    ...(wd === undefined ? {} : { cwd: { path: wd } }),
    ...(proc === undefined
      ? {}
      : {
          proc: { directory: proc, ...(root === undefined && !isPrivate(request) ? { spreading: 'if-mounted' } : {}) },
        }),
    ...(binfmt === undefined
      ? {}
      : {
          binfmt: {
            directory: binfmt,
            ...(interpreter === undefined ? {} : { interpreter }),
            beforeRoot: root !== undefined && opensFirst(interpreter),
          },
        }),
    ...credentialsOf(uid, gid),
    ...(request.keepCaps && has('user') ? { capabilities: { ambient: everyCapability } } : {}),
  };
}

function isPrivate({ propagation }: Request): boolean {
  return propagation === (MS_REC | MS_PRIVATE);
}

/** The flags are the last field of a definition (`:name:type:offset:magic:mask:interpreter:flags`, with any separator). */
function opensFirst(definition = ''): boolean {
  return (
    definition
      .split(definition[0] ?? ':')
      .at(-1)
      ?.includes('F') ?? false
  );
}

function mapsOf({ mapUser, mapGroup, userRanges, groupRanges }: Request): Pick<SetUp, 'users' | 'groups'> {
  const users = mappingOf(mapUser, process.geteuid?.() ?? 0, userRanges);
  const groups = mappingOf(mapGroup, process.getegid?.() ?? 0, groupRanges);
  return { ...(users === undefined ? {} : { users }), ...(groups === undefined ? {} : { groups }) };
}

function mappingOf(
  id: Request['mapUser'],
  own: number,
  ranges: readonly Request['userRanges'][number][],
): IdMapping | undefined {
  if (id === undefined) return ranges.length === 0 ? undefined : { ranges };
  return { single: { inside: id === 'current' ? own : id, outside: own, count: 1 }, ranges };
}

function offsetsOf({ boottime, monotonic }: Request): NonNullable<SetUp['offsets']> {
  return [
    ...(boottime === undefined ? [] : [{ clock: 'boottime' as const, seconds: boottime, nanoseconds: 0 }]),
    ...(monotonic === undefined ? [] : [{ clock: 'monotonic' as const, seconds: monotonic, nanoseconds: 0 }]),
  ];
}

function forkOf({ forwardSignals }: Request) {
  return forwardSignals ? { forward: signalMask(['SIGTERM', 'SIGINT']) } : { blockInterrupts: true };
}

function credentialsOf(uid: number | undefined, gid: number | undefined): Pick<SetUp, 'credentials'> {
  if (uid === undefined && gid === undefined) return {};
  return {
    credentials: { ...(gid === undefined ? {} : { groups: [], gid }), ...(uid === undefined ? {} : { uid }) },
  };
}
