import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { ClosedError, InvalidArgumentError, KernelError } from '../../../src/errors.ts';
import { defaultRunDirectory, listNames, removeName } from '../../../src/namespaces/names.ts';
import { UMOUNT_NOFOLLOW } from '../../../src/native/constants.ts';
import { perform, syscall } from '../../../src/native/syscall.ts';

const O_PATH = 0o10000000;

/** The propagation of each mount on a path, the lowest first: `shared`, `private`, … Mounts that others hide do not count. */
export function mountsOn(path: string): string[] {
  if (!existsSync(path)) return [];
  const table = new Map(
    readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .map(([id, parent, , , point, , propagation]) => [id, { parent, point, propagation }]),
  );
  const fd = openSync(path, O_PATH);
  const top = /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
  closeSync(fd);
  const found: string[] = [];
  for (let mount = table.get(top); mount?.point === path; mount = table.get(mount.parent))
    found.unshift(/^(shared|master)/.exec(mount.propagation ?? '')?.[1] ?? 'private');
  return found;
}

/** Takes names, mounts and the directory itself away: as on a machine that has just started. */
export function forgetRunDirectory(runDirectory: string = defaultRunDirectory): void {
  for (const { name } of listNames({ runDirectory })) removeName(name, { runDirectory });
  while (syscall('umount2', runDirectory, UMOUNT_NOFOLLOW) === 0);
  try {
    rmdirSync(runDirectory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Runs `work` with a small file system of its own at `path`. */
export async function withTmpfs<T>(path: string, options: string, work: () => T | Promise<T>): Promise<T> {
  mkdirSync(path);
  perform(`mount ${path}`, 'mount', 'tmpfs', path, 'tmpfs', 0, options);
  try {
    return await work();
  } finally {
    perform(`unmount ${path}`, 'umount2', path, 2);
    rmdirSync(path);
  }
}

export const pathOf = (name: string) => `${defaultRunDirectory}/${name}`;

/** The names, and whether each is ready. */
export const states = () => Object.fromEntries(listNames().map(({ name, state }) => [name, state]));

/** Empties the run directory, whatever is in it; it stays a mount. */
export function emptyRunDirectory(): void {
  if (!existsSync(defaultRunDirectory)) return;
  for (const name of readdirSync(defaultRunDirectory, 'buffer')) {
    const path = Buffer.concat([Buffer.from(`${defaultRunDirectory}/`), name]);
    while (syscall('umount2', Buffer.concat([path, Buffer.of(0)]), UMOUNT_NOFOLLOW) === 0);
    rmSync(path, { recursive: true });
  }
}

/** The one-line message with which `work` fails. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof KernelError || error instanceof InvalidArgumentError || error instanceof ClosedError)
      return error.message;
    throw error;
  }
  return 'nothing was thrown';
}
