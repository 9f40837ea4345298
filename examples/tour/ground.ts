import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The namespaces that the tour was started in, to show that it has left them. */
export interface Outside {
  readonly net: string;
  readonly mnt: string;
  readonly user: string;
}

const types = ['net', 'mnt', 'user'] as const;
const flag = '--outside=';

/** Which namespaces this process is in, as the kernel writes them: `net:[4026531833]`. */
export function here(): Outside {
  const [net = '', mnt = '', user = ''] = types.map((type) => readlinkSync(`/proc/self/ns/${type}`));
  return { net, mnt, user };
}

/** Undefined in the process that the user started. */
export function outsideFromArguments(args: readonly string[]): Outside | undefined {
  const given = args.find((word) => word.startsWith(flag));
  return given === undefined ? undefined : (JSON.parse(given.slice(flag.length)) as Outside);
}

// linux/sched.h, sys/mount.h
const CLONE_NEWNS = 0x20000;
const CLONE_NEWUSER = 0x10000000;
const CLONE_NEWNET = 0x40000000;
const MS_REC_PRIVATE = 0x44000;

/**
 * Runs the program again in namespaces of its own: network and mounts with an empty /run, and without root a user namespace in
 * which we are root. Gives its exit status.
 *
 * All that is made in there ends with the last process of it. That one dies with this process, even of a kill -9: the kernel sees to
 * it (PR_SET_PDEATHSIG, set last, since becoming somebody else resets it).
 */
export async function runOnOwnGround(program: string, args: readonly string[]): Promise<number> {
  const user = maySetUp()
    ? []
    : [
        ['write', '/proc/self/setgroups', 'deny'],
        ['write', '/proc/self/uid_map', `0 ${process.getuid?.()} 1`],
        ['write', '/proc/self/gid_map', `0 ${process.getgid?.()} 1`],
      ];
  const steps = [
    ['exit', '125', 'say', 'cannot make namespaces of our own'],
    ['unshare', String(CLONE_NEWNS | CLONE_NEWNET | (user.length > 0 ? CLONE_NEWUSER : 0))],
    ...user,
    ['mount', '', '/', 'none', String(MS_REC_PRIVATE)],
    ['mount', 'tmpfs', '/run', 'tmpfs', '0'],
    ['death-signal', String(constants.signals.SIGKILL), String(process.pid)],
  ];
  const words = [...steps.flat(), '--', process.execPath, program, ...args, flag + JSON.stringify(here())];
  return ended(spawn(nsexecPath(), words, { stdio: 'inherit' }));
}

/** Whether this process has CAP_SYS_ADMIN (number 21). */
function maySetUp(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> 21n) & 1n) === 1n;
}

/** The package's small helper program that enters or makes namespaces and then becomes a command. */
function nsexecPath(): string {
  const root = dirname(fileURLToPath(import.meta.resolve('netns/package.json')));
  return join(root, 'prebuilds', `linux-${process.arch}`, 'nsexec');
}

/** Waits for the end; a signal that is meant for us is meant for the tour. */
function ended(child: ReturnType<typeof spawn>): Promise<number> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}
