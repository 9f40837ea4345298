import type { GetoptTable } from '../util-linux/getopt.ts';

const file = { argument: 'optional', letterAlone: true, value: 'file' } as const;
const none = { argument: 'none' } as const;
const required = { argument: 'required' } as const;

/** All options of unshare(1), in the order in which the messages about abbreviations name them. */
export const unshareOptions = {
  help: { letter: 'h', ...none, summary: 'show these lines' },
  version: { letter: 'V', ...none, summary: 'show the version' },
  mount: { letter: 'm', ...file, summary: 'new mount namespace; <file> keeps it' },
  uts: { letter: 'u', ...file, summary: 'new UTS namespace (host name)' },
  ipc: { letter: 'i', ...file, summary: 'new IPC namespace' },
  net: { letter: 'n', ...file, summary: 'new network namespace' },
  pid: { letter: 'p', ...file, summary: 'new pid namespace, for children' },
  user: { letter: 'U', ...file, summary: 'new user namespace' },
  cgroup: { letter: 'C', ...file, summary: 'new cgroup namespace' },
  time: { letter: 'T', ...file, summary: 'new time namespace' },
  fork: { letter: 'f', ...none, summary: 'run the program as a child' },
  'kill-child': {
    argument: 'optional',
    value: 'signal',
    summary: 'the child gets SIGKILL (or <signal>) when we die; forks',
  },
  'forward-signals': { ...none, summary: 'pass SIGTERM and SIGINT on to the child; forks' },
  'mount-proc': {
    argument: 'optional',
    value: 'dir',
    summary: 'mount a fresh proc on /proc (or <dir>); new mount namespace',
  },
  'mount-binfmt': { argument: 'optional', value: 'dir', summary: 'mount binfmt_misc; new user and mount namespaces' },
  'map-user': { ...required, value: 'uid|name', summary: 'our user is this one inside; new user namespace' },
  'map-users': {
    ...required,
    value: 'inner:outer:count|auto|subids|all',
    summary: 'which users exist inside; may be repeated; new user namespace',
  },
  'map-group': { ...required, value: 'gid|name', summary: 'our group is this one inside; new user namespace' },
  'map-groups': {
    ...required,
    value: 'inner:outer:count|auto|subids|all',
    summary: 'which groups exist inside; may be repeated; new user namespace',
  },
  'map-root-user': { letter: 'r', ...none, summary: 'we are root inside; new user namespace' },
  'map-current-user': { letter: 'c', ...none, summary: 'we are ourselves inside; new user namespace' },
  'map-auto': { ...none, summary: 'the ids of /etc/subuid and /etc/subgid are those from 0 on inside' },
  'map-subids': { ...none, summary: 'the ids of /etc/subuid and /etc/subgid are themselves inside' },
  owner: { ...required, value: 'uid:gid', summary: 'who owns the new user namespace' },
  propagation: { ...required, value: 'private|slave|shared|unchanged', summary: 'how mounts spread; default: private' },
  setgroups: { ...required, value: 'allow|deny', summary: 'whether setgroups(2) may be used inside' },
  'keep-caps': { ...none, summary: 'the program keeps the capabilities of the new user namespace' },
  setuid: { letter: 'S', ...required, value: 'uid', summary: 'run as this user' },
  setgid: { letter: 'G', ...required, value: 'gid', summary: 'run as this group, with no others' },
  root: { letter: 'R', ...required, value: 'dir', summary: 'this is the root directory' },
  wd: { letter: 'w', ...required, value: 'dir', summary: 'this is the working directory, inside the root' },
  monotonic: { ...required, value: 'seconds', summary: 'offset of the monotonic clock in a new time namespace' },
  boottime: { ...required, value: 'seconds', summary: 'offset of the boot clock in a new time namespace' },
  'load-interp': {
    letter: 'l',
    ...required,
    value: 'definition',
    summary: 'register an interpreter with binfmt_misc; mounts it',
  },
  'clear-env': { ...none, summary: 'start with no environment' },
  'whitelist-env': { ...required, value: 'names', summary: 'start with only these variables of the environment' },
} as const satisfies GetoptTable;

export const unshareSentence = 'Runs a program in new namespaces.';
