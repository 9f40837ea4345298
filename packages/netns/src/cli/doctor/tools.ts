import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { nsexecPath } from '../../native/addon.ts';
import { builtin } from '../../native/builtin.ts';
import { findNamedId, firstSubids } from '../../process/plan/subids.ts';
import type { Finding } from './finding.ts';

const group = 'tools';

/** The programs and files beside the kernel. */
export function toolFindings(env: Readonly<Record<string, string | undefined>>): Finding[] {
  return [
    {
      group,
      what: 'Node.js 20.18 or later',
      state: atLeast(process.versions.node, [20, 18]) ? 'yes' : 'no',
      neededFor: 'this command',
      note: process.versions.node,
    },
    helper(),
    inPath('newuidmap', 'several users in a user namespace, without root', env.PATH),
    inPath('newgidmap', 'several groups in a user namespace, without root', env.PATH),
    subids('/etc/subuid', 'users'),
    subids('/etc/subgid', 'groups'),
  ];
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split('.').map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

function helper(): Finding {
  const words = ['exit', '125', '--', 'sh', '-c', 'exit 42'];
  const { status, error } = builtin('child_process').spawnSync(nsexecPath, words, { stdio: 'ignore' });
  const works = status === 42;
  return {
    group,
    what: 'nsexec',
    state: works ? 'yes' : 'no',
    neededFor: 'running commands in namespaces',
    note: works ? 'tried' : `${nsexecPath}: ${error?.message ?? `it ended with ${status}`}`,
    essential: true,
  };
}

function inPath(program: string, neededFor: string, path = ''): Finding {
  const found = path
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(isExecutable);
  return {
    group,
    what: program,
    state: found === undefined ? 'no' : 'yes',
    neededFor,
    note: found ?? 'not in PATH (package uidmap)',
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function subids(file: string, what: string): Finding {
  const uid = process.geteuid?.() ?? 0;
  const name = findNamedId(read('/etc/passwd'), uid)?.name;
  const range = firstSubids(read(file), { uid, name });
  return {
    group,
    what: `a range in ${file}`,
    state: range === undefined ? 'no' : 'yes',
    neededFor: `further ${what} in a user namespace, without root`,
    note: range === undefined ? `no line for ${name ?? uid}` : `${range.count} from ${range.outside}`,
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
