import { type SpawnOptions, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command, readablePath } from './cli.ts';
import { isRealRoot } from './privilege.ts';
import { type ProgramEnd, run, temporaryDirectory } from './run.ts';

/** An ordinary user, who is in no file of this machine. */
export const user = { name: 'subby', uid: 54321, gid: 54321 } as const;

/** The lines of /etc/subuid and /etc/subgid; without a number of ids there is none. */
export interface Subids {
  readonly uids?: string;
  readonly gids?: string;
  /** Whether /etc/passwd knows the user. Default: yes. */
  readonly known?: boolean;
  /** The program runs as root after all. */
  readonly asRoot?: boolean;
}

export const plenty: Subids = { uids: `${user.name}:100000:65536`, gids: `${user.name}:200000:65536` };

const become = ['setpriv', '--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups', '--'];

/**
 * Why nobody can be given further ids here; undefined if they can. newuidmap(1) is set-user-id: that counts only in mounts of the
 * machine's own user namespace, so only its root can prepare the files that it reads.
 */
export function subidsImpossible(): string | undefined {
  if (!isRealRoot) return 'only root can change /etc/subuid for a program that is set-user-id';
  if (!['/etc/subuid', '/etc/subgid'].every((file) => existsSync(file))) return 'there is no /etc/subuid to cover';
  const [program = '', ...args] = [...become, 'test', '-x', command];
  return spawnSync(program, args).status === 0 ? undefined : 'an ordinary user may not read this checkout';
}

/** A PATH in which there is nothing but Node, which our command needs. */
export function pathWithoutMappers(): string {
  const path = temporaryDirectory('path');
  symlinkSync(process.execPath, join(path, 'node'));
  chmodSync(path, 0o755);
  return path;
}

/** Runs a program as the ordinary user, in a directory of its own, among files of /etc that give them these ids. */
export function runWithSubids(subids: Subids, words: readonly string[], env: object = {}): Promise<ProgramEnd> {
  const directory = temporaryDirectory('subids');
  const known = subids.known ?? true;
  const files = {
    subuid: `${subids.uids ?? ''}\n`,
    subgid: `${subids.gids ?? ''}\n`,
    passwd: `${readFileSync('/etc/passwd', 'utf8')}${known ? `${user.name}:x:${user.uid}:${user.gid}::/:/bin/sh\n` : ''}`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const home = join(directory, 'home');
  mkdirSync(home);
  // The user gets through to a directory in which files can be made; who they belong to is seen from outside.
  for (const each of [dirname(directory), directory]) chmodSync(each, 0o755);
  chmodSync(home, 0o777);
  const covers = Object.keys(files).map((name) => `mount --bind ${directory}/${name} /etc/${name}`);
  const script = [...covers, 'cd "$0"', `exec ${subids.asRoot ? '' : become.join(' ')} "$@"`].join(' && ');
  const options: SpawnOptions = { env: { PATH: readablePath, HOME: home, LC_ALL: 'C', ...env } };
  return run('unshare', ['--mount', 'sh', '-c', script, home, ...words], options);
}
