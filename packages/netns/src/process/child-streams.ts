import { AF_UNIX, AT_FDCWD, F_DUPFD_CLOEXEC, F_SETFD, O_CLOEXEC, O_RDWR } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { makeBlocking } from '../native/inherit.ts';
import { check, type SyscallStep, syscall } from '../native/syscall.ts';

/** Node's own account of one entry of `stdio`. */
export interface HandleStream {
  readonly type: 'pipe' | 'overlapped' | 'ignore' | 'inherit' | 'fd' | 'wrap';
  readonly fd?: number;
  readonly handle?: { readonly fd?: number; open?(fd: number): unknown };
}

/** The descriptor that the child gets at a place: one of ours, /dev/null, or none. */
export type Source = number | 'null' | undefined;

/** The descriptor that the child gets for a stream. Of a pipe Node gets the one end; the other is put to `theirs`, to be closed. */
export function sourceOf(stream: HandleStream, index: number, theirs: Fd[]): Source {
  switch (stream.type) {
    case 'ignore':
      return index < 3 ? 'null' : undefined;
    case 'pipe':
    case 'overlapped': {
      const [ours, other] = socketPair();
      theirs.push(other);
      stream.handle?.open?.(ours.release());
      return other.raw;
    }
    case 'wrap':
      return blockingIfStandard(stream.handle?.fd ?? stream.fd, index);
    default:
      return blockingIfStandard(stream.fd ?? index, index);
  }
}

/** As Node's own spawn has it: programs do not expect standard streams that do not block. */
function blockingIfStandard(fd: number | undefined, index: number): number | undefined {
  if (fd !== undefined && index < 3) makeBlocking(fd);
  return fd;
}

const SOCK_STREAM = 1;

function socketPair(): readonly [Fd, Fd] {
  const ends = new Int32Array(2);
  check(syscall('socketpair', AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0, ends), 'socketpair', 'make a pipe for a child');
  return [Fd.adopt(ends[0] ?? -1, 'a pipe'), Fd.adopt(ends[1] ?? -1, 'a pipe')];
}

/** Puts each source at its place. What stands at another's place is first moved behind the last one, without being inherited. */
export function descriptorSteps(sources: readonly Source[]): SyscallStep[] {
  const places = sources.length;
  const steps: SyscallStep[] = [];
  const moved = new Map<Source, { readonly result: number }>();
  const move = (source: number | { readonly result: number }) => {
    steps.push(['fcntl', source, F_DUPFD_CLOEXEC, places]);
    return { result: steps.length - 1 };
  };
  sources.forEach((source, place) => {
    if (source === undefined || moved.has(source)) return;
    if (source === 'null') {
      steps.push(['openat', AT_FDCWD, '/dev/null', O_RDWR | O_CLOEXEC]);
      moved.set(source, move({ result: steps.length - 1 }));
    } else if (source < places && source !== place) {
      moved.set(source, move(source));
    }
  });
  sources.forEach((source, place) => {
    if (source === undefined) return;
    const from = moved.get(source) ?? source;
    if (from === place) steps.push(['fcntl', place, F_SETFD, 0]);
    else if (from !== 'null') steps.push(['dup3', from, place, 0]);
  });
  return steps;
}
