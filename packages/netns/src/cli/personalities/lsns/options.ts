import type { GetoptTable } from '../util-linux/getopt.ts';

const none = { argument: 'none' } as const;
const required = { argument: 'required' } as const;

/** All options of lsns(8), in the order in which the messages about abbreviations name them. */
export const lsnsOptions = {
  json: { letter: 'J', ...none, summary: 'write JSON' },
  task: { letter: 'p', ...required, value: 'pid', summary: 'only the namespaces of this process' },
  help: { letter: 'h', ...none, summary: 'show these lines' },
  output: { letter: 'o', ...required, value: 'list', summary: 'these columns; +<list>: these, too' },
  'output-all': { ...none, summary: 'all columns' },
  persistent: { letter: 'P', ...none, summary: 'only namespaces that no process is in' },
  filter: { letter: 'Q', ...required, value: 'expr', summary: 'only rows for which this is true' },
  notruncate: { letter: 'u', ...none, summary: 'never cut a text to the width of the terminal' },
  version: { letter: 'V', ...none, summary: 'show the version' },
  noheadings: { letter: 'n', ...none, summary: 'no line with the names of the columns' },
  nowrap: { letter: 'W', ...none, summary: 'several mounts on one line' },
  list: { letter: 'l', ...none, summary: 'a list, no tree' },
  raw: { letter: 'r', ...none, summary: 'columns that are not aligned, for programs' },
  type: { letter: 't', ...required, value: 'type', summary: 'only this type; may be repeated' },
  tree: { letter: 'T', argument: 'optional', value: 'rel', summary: 'a tree by owner, parent, or process' },
  'list-columns': { letter: 'H', ...none, summary: 'tell which columns there are' },
} as const satisfies GetoptTable;

export const lsnsSentence = 'Lists namespaces: mnt, net, ipc, user, pid, uts, cgroup, and time.';
