import { processesOf } from '../../namespaces/processes.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { defineVerb } from '../define-verb.ts';
import { oneName } from '../few-words.ts';
import { writeJson } from '../json.ts';
import { describeProcess } from '../process-command.ts';
import { writeTable } from '../table.ts';

export const verb = defineVerb({
  name: 'pids',
  summary: 'list the processes in a namespace',
  usage: ['NAME|PATH'],
  notes: ['By their main threads, and only those that you may look at: without root, your own.'],
  options: {},
  examples: [
    ['netns pids blue', 'process ids and commands'],
    ["netns pids blue | awk '{print $1}' | xargs -r kill", 'end them all'],
  ],
  otherWords: ['ps', 'processes', 'pid'],
  async run({ words, json, io }) {
    const name = oneName(words);
    using namespace = openNamespace(name, 'net', io.names);
    const processes = processesOf(namespace.id).map(describeProcess);
    if (json) writeJson(io, processes);
    else
      writeTable(
        io,
        [
          { title: 'PID', alignRight: true, cell: ({ pid }) => String(pid) },
          { title: 'COMMAND', cell: ({ command }) => command },
        ],
        processes,
      );
    return 0;
  },
});
