import { NetlinkConnection } from '../../connection/connection.ts';
import { Nsids } from '../../network/nsids.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { writeJson } from '../json.ts';
import { namesByNsid } from '../names-by-nsid.ts';
import { writeTable } from '../table.ts';

export const verb = defineVerb({
  name: 'ids',
  summary: 'list the ids (nsid) that this namespace has for others',
  usage: [''],
  notes: ['The kernel gives ids by itself, too: when a device here has its other end in a namespace without one.'],
  options: {},
  examples: [
    ['netns ids', 'ids, names and inodes'],
    ['netns ids --json', 'for programs'],
  ],
  otherWords: ['list-id', 'list-ids', 'nsid', 'nsids'],
  async run({ words, json, io }) {
    nothingMore(words);
    using connection = new NetlinkConnection();
    const nsids = new Nsids(connection);
    const known = await namesByNsid(nsids, io.names);
    const entries = (await nsids.list())
      .map(({ nsid }) => ({ nsid, names: known.get(nsid)?.names ?? [], inode: known.get(nsid)?.inode }))
      .sort((a, b) => a.nsid - b.nsid);
    if (json) writeJson(io, entries);
    else
      writeTable(
        io,
        [
          { title: 'NSID', alignRight: true, cell: ({ nsid }) => String(nsid) },
          { title: 'INODE', alignRight: true, cell: ({ inode }) => (inode === undefined ? '-' : String(inode)) },
          { title: 'NAMES', cell: ({ names }) => names.join(' ') },
        ],
        entries,
      );
    return 0;
  },
});
