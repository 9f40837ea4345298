import { NetlinkConnection } from '../../connection/connection.ts';
import { KernelError } from '../../errors.ts';
import { sameNamespace } from '../../namespaces/identity.ts';
import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import { listNames } from '../../namespaces/names.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { processesOf } from '../../namespaces/processes.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { Nsids } from '../../network/nsids.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { writeJson } from '../json.ts';
import { writeTable } from '../table.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'identify',
  summary: 'tell which network namespace a process is in',
  usage: ['[PID|PATH]'],
  notes: [
    'Without a word: this one. All names are told; a namespace without a name is told by its inode, its cookie (a number that is\n' +
      'never used again), its owner (the user namespace whose root may do all in it), and how many processes are in it.',
  ],
  options: {},
  examples: [
    ['netns identify', 'where am I?'],
    ['netns identify 1234', 'where is process 1234?'],
    ['netns identify /proc/1234/task/1240/ns/net', 'where is that thread?'],
  ],
  otherWords: ['whoami', 'which', 'info'],
  async run({ words, json, io }) {
    const [word, ...rest] = words;
    nothingMore(rest);
    using namespace = openNamespace(referenceOf(word));
    const { inode, names, nsid, cookie, owner, processes } = await identityOf(namespace, io.names);
    if (json) writeJson(io, { inode, names, nsid, cookie, owner, processes });
    else
      writeTable(
        io,
        [
          { title: 'WHAT', cell: ([what]) => what ?? '' },
          { title: 'VALUE', cell: ([, value]) => value ?? '' },
        ],
        [
          ...(names.length === 0 ? [['name', '-']] : names.map((name) => ['name', name])),
          ['inode', String(inode)],
          ['nsid', nsid === undefined ? '-' : String(nsid)],
          ['cookie', cookie === undefined ? '?' : String(cookie)],
          ['owner', owner === undefined ? '?' : `user:[${owner.inode}] of uid ${owner.uid}`],
          ['processes', String(processes)],
        ],
      );
    return 0;
  },
});

function referenceOf(word: string | undefined) {
  if (word === undefined) return { pid: process.pid };
  if (/^[0-9]+$/.test(word)) return { pid: Number(word) };
  if (word.includes('/')) return { path: word };
  throw new UsageError(`'${word}' is no process id and no path`);
}

async function identityOf(namespace: Namespace, place: RunDirectoryOptions) {
  using connection = new NetlinkConnection();
  const { nsid } = await new Nsids(connection).get({ fd: namespace.fd });
  return {
    inode: namespace.id.ino,
    names: listNames(place)
      .filter(({ id }) => id !== undefined && sameNamespace(id, namespace.id))
      .map(({ name }) => name)
      .sort(),
    nsid: nsid < 0 ? undefined : nsid,
    cookie: namespace.cookie,
    owner: ownerOf(namespace),
    processes: processesOf(namespace.id).length,
  };
}

/** Undefined: the owner is neither our user namespace nor below it, and the kernel does not tell. */
function ownerOf(namespace: Namespace): { readonly inode: number; readonly uid: number } | undefined {
  try {
    using owner = namespace.owner();
    return { inode: owner.id.ino, uid: owner.ownerUid() };
  } catch (error) {
    if (error instanceof KernelError && error.code === 'EPERM') return undefined;
    throw error;
  }
}
