import type { GetoptTable } from '../util-linux/getopt.ts';

const file = { argument: 'optional', value: 'file' } as const;
const none = { argument: 'none' } as const;
const required = { argument: 'required' } as const;

/** All options of nsenter(1), in the order in which the messages about abbreviations name them. */
export const nsenterOptions = {
  all: { letter: 'a', ...none, summary: 'enter all namespaces of the target' },
  help: { letter: 'h', ...none, summary: 'show these lines' },
  version: { letter: 'V', ...none, summary: 'show the version' },
  target: { letter: 't', ...required, value: 'pid[:inode]', summary: 'the process whose namespaces are meant' },
  mount: { letter: 'm', ...file, summary: 'enter the mount namespace' },
  uts: { letter: 'u', ...file, summary: 'enter the UTS namespace (host name)' },
  ipc: { letter: 'i', ...file, summary: 'enter the IPC namespace' },
  net: { letter: 'n', ...file, summary: 'enter the network namespace' },
  'net-socket': {
    letter: 'N',
    ...required,
    value: 'fd',
    summary: "enter the network namespace of the target's socket",
  },
  pid: { letter: 'p', ...file, summary: 'enter the pid namespace, in a child' },
  user: { letter: 'U', ...file, summary: 'enter the user namespace' },
  cgroup: { letter: 'C', ...file, summary: 'enter the cgroup namespace' },
  time: { letter: 'T', ...file, summary: 'enter the time namespace' },
  setuid: { letter: 'S', ...required, value: 'uid|follow', summary: 'run as this user; follow: as that of the target' },
  setgid: {
    letter: 'G',
    ...required,
    value: 'gid|follow',
    summary: 'run as this group; follow: as that of the target',
  },
  root: { letter: 'r', argument: 'optional', value: 'dir', summary: "this, or the target's, is the root directory" },
  wd: { letter: 'w', argument: 'optional', value: 'dir', summary: "this, or the target's, is the working directory" },
  wdns: { letter: 'W', argument: 'optional', value: 'dir', summary: 'the working directory, by its path inside' },
  env: { letter: 'e', ...none, summary: "take the target's environment" },
  'no-fork': { letter: 'F', ...none, summary: 'start no child for a pid namespace' },
  'join-cgroup': { letter: 'c', ...none, summary: "join the target's control group" },
  'preserve-credentials': { ...none, summary: 'leave user and groups as they are' },
  'keep-caps': { ...none, summary: 'keep the capabilities of the user namespace' },
  'follow-context': {
    letter: 'Z',
    ...none,
    summary: 'run in the SELinux context of the target; nothing without SELinux',
  },
  'user-parent': { ...none, summary: 'enter the user namespace that owns what is entered' },
} as const satisfies GetoptTable;

export const nsenterSentence = 'Runs a program in the namespaces of other processes.';
