import { KernelError } from '../errors.ts';
import { addon, type Program, type SyscallArgument } from './addon.ts';

/** System call numbers: [x86-64, arm64]. `asm/unistd_64.h`, `asm-generic/unistd.h`. */
const numbers = {
  read: [0, 63],
  write: [1, 64],
  close: [3, 57],
  fstat: [5, 80],
  ioctl: [16, 29],
  fcntl: [72, 25],
  flock: [73, 32],
  getpid: [39, 172],
  gettid: [186, 178],
  capget: [125, 90],
  socket: [41, 198],
  connect: [42, 203],
  sendto: [44, 206],
  recvfrom: [45, 207],
  bind: [49, 200],
  listen: [50, 201],
  setsockopt: [54, 208],
  getsockopt: [55, 209],
  mount: [165, 40],
  umount2: [166, 39],
  openat: [257, 56],
  newfstatat: [262, 79],
  faccessat: [269, 48],
  mkdirat: [258, 34],
  mknodat: [259, 33],
  unlinkat: [263, 35],
  linkat: [265, 37],
  unshare: [272, 97],
  prlimit64: [302, 261],
  statfs: [137, 43],
  setns: [308, 268],
  inotify_init1: [294, 26],
  inotify_add_watch: [254, 27],
  readlinkat: [267, 78],
  getdents64: [217, 61],
  pread64: [17, 67],
  ppoll: [271, 73],
  epoll_create1: [291, 20],
  epoll_ctl: [233, 21],
  epoll_pwait: [281, 22],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  open_by_handle_at: [304, 265],
  dup3: [292, 24],
  pipe2: [293, 59],
  socketpair: [53, 199],
  setsid: [112, 157],
  chdir: [80, 49],
  fchdir: [81, 50],
  wait4: [61, 260],
  exit_group: [231, 94],
  pidfd_getfd: [438, 438],
  name_to_handle_at: [303, 264],
  listmount: [458, 458],
  statmount: [457, 457],
  listns: [470, 470],
  kcmp: [312, 272],
  bpf: [321, 280],
  memfd_create: [319, 279],
  ftruncate: [77, 46],
  mmap: [9, 222],
  munmap: [11, 215],
  pwrite64: [18, 68],
  recvmsg: [47, 212],
  sendmsg: [46, 211],
  open_tree: [428, 428],
  getsockname: [51, 204],
  getpeername: [52, 205],
} as const;

export type SyscallName = keyof typeof numbers;

const column = process.arch === 'arm64' ? 1 : 0;

/** One system call as data: for `inChild`. */
export type SyscallStep = readonly [name: SyscallName, ...args: SyscallArgument[]];

/** Steps as native code reads them. */
export function programOf(steps: readonly SyscallStep[]): Program {
  return steps.map((step) => (step as readonly SyscallArgument[]).with(0, syscallNumber(step[0])));
}

export function syscallNumber(name: SyscallName): number {
  return numbers[name][column];
}

/** For messages: the name again. */
export function syscallName(number: number): string {
  const entry = Object.entries(numbers).find(([, columns]) => columns[column] === number);
  return entry === undefined ? `system call ${number}` : entry[0];
}

/** Makes one system call on this thread and returns what the kernel returned: -errno on failure. */
export function syscall(name: SyscallName, ...args: readonly SyscallArgument[]): number {
  return addon.syscall(numbers[name][column], ...args);
}

/** Turns -errno into a KernelError that says what was being done: the one place where this happens. */
export function check(
  result: number,
  name: SyscallName | 'clone' | 'recvmmsg' | 'epoll' | 'execve',
  operation: string,
): number {
  if (result < 0) throw new KernelError({ errno: -result, syscall: name, operation });
  return result;
}

/** Makes one system call on this thread; throws KernelError `cannot <operation>: …` if the kernel refuses. */
export function perform(operation: string, name: SyscallName, ...args: readonly SyscallArgument[]): number {
  return check(addon.syscall(numbers[name][column], ...args), name, operation);
}
