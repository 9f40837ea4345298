import { processesOf } from '../../namespaces/processes.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { defineVerb } from '../define-verb.ts';
import { writeJson } from '../json.ts';
import { describeProcess } from '../process-command.ts';
import { writeTable } from '../table.ts';
import { UsageError } from '../verb.ts';

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
    const [name, ...rest] = words;
    if (name === undefined) throw new UsageError('which name?');
    if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much`);
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
