import { defaultRunDirectory } from '../../namespaces/name-directory.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { processesOf } from '../../namespaces/processes.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { oneName } from '../few-words.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { showAddresses } from '../personalities/ip/address/show.ts';
import { Exit } from '../personalities/ip/exit.ts';
import { showNeighbours } from '../personalities/ip/neighbour/show.ts';
import { listIds } from '../personalities/ip/netns/list-id.ts';
import { listNexthops } from '../personalities/ip/nexthop/show.ts';
import { defaultOptions, type Options } from '../personalities/ip/options.ts';
import { Output } from '../personalities/ip/output.ts';
import { listRoutes } from '../personalities/ip/route/show.ts';
import { listRules } from '../personalities/ip/rule/show.ts';
import { type Command, Session } from '../personalities/ip/session.ts';
import { describeProcess } from '../process-command.ts';

/** A part of the page: what `ip` lists, with these options. */
interface Listing {
  readonly name: string;
  readonly command: Command;
  readonly options: Partial<Options>;
  /** Lines that every namespace has. */
  readonly usual?: RegExp;
}

const listings: readonly Listing[] = [
  { name: 'devices', command: showAddresses, options: { brief: true } },
  { name: 'routes', command: listRoutes, options: { family: 'inet' } },
  { name: 'routes6', command: listRoutes, options: { family: 'inet6' } },
  {
    name: 'rules',
    command: listRules,
    options: { family: 'inet' },
    usual: /^(0:\tfrom all lookup local|32766:\tfrom all lookup main|32767:\tfrom all lookup default)$/,
  },
  {
    name: 'rules6',
    command: listRules,
    options: { family: 'inet6' },
    usual: /^(0:\tfrom all lookup local|32766:\tfrom all lookup main)$/,
  },
  { name: 'neighbours', command: showNeighbours, options: {} },
  { name: 'nexthops', command: listNexthops, options: {} },
  { name: 'ids', command: listIds, options: {} },
];

/** The kernel makes a routing table when the first route is put into it. */
const noTable = 'FIB table does not exist';

const titles: Readonly<Record<string, string>> = { routes6: 'routes (IPv6)', rules6: 'rules (IPv6)' };

export const verb = defineVerb({
  name: 'show',
  summary: 'tell what is in a namespace, on one page',
  usage: ['NAME|PATH'],
  notes: [
    'Devices with their addresses, routes, neighbours, nexthops, ids and processes; rules, if there are more than in any\n' +
      'namespace. What there is none of is left out. Each part is as `ip` lists it; with `--json`, all of them are there, as\n' +
      '`ip -json` has them. (As with `ip link`, the kernel gives ids to the namespaces where devices have their other ends.)',
  ],
  options: {},
  examples: [
    ['netns show blue', 'the page'],
    ["netns show blue --json | jq '.devices[].ifname'", 'for programs'],
  ],
  otherWords: ['inspect', 'describe', 'page'],
  async run({ words, json, io }) {
    const name = oneName(words);
    using namespace = openNamespace(name, 'net', io.names);
    const processes = processesOf(namespace.id).map(describeProcess);
    // All parts are of the same one, even if another gets its name meanwhile.
    const list = (listing: Listing, more: Partial<Options>) => run(listing, more, openNamespace(namespace), io);
    if (json) {
      const parts: [string, unknown][] = [];
      for (const each of listings) parts.push([each.name, JSON.parse(await list(each, { json: true }))]);
      writeJson(io, { name, ...Object.fromEntries(parts), processes });
      return 0;
    }
    const color = io.stdout.isTerminal ? 'always' : 'never';
    const pages: string[] = [];
    for (const each of listings) {
      const lines = (await list(each, { color })).split('\n').filter((line) => line !== '');
      if (lines.some((line) => each.usual?.test(line) !== true))
        pages.push(page(titles[each.name] ?? each.name, lines));
    }
    if (processes.length > 0) {
      const lines = processes.map(({ pid, command }) => `${String(pid).padStart(7)}  ${escapeControls(command)}`);
      pages.push(page('processes', lines));
    }
    io.stdout.write(pages.join('\n'));
    return 0;
  },
});

function page(title: string, lines: readonly string[]): string {
  return `${title}:\n${lines.map((line) => `  ${line.trimEnd()}\n`).join('')}`;
}

/** What a command of `ip` says. */
async function run(
  { command, options }: Listing,
  more: Partial<Options>,
  namespace: Namespace,
  io: Io,
): Promise<string> {
  let text = '';
  const stdout = {
    isTerminal: io.stdout.isTerminal,
    write: (said: string) => {
      text += said;
    },
  };
  const output = new Output(stdout);
  using session = new Session({
    io: { ...io, stdout },
    options: { ...defaultOptions(), ...options, ...more },
    output,
    runDirectory: defaultRunDirectory,
    namespace,
    entered: [],
    batch: false,
  });
  try {
    await command(session, []);
  } catch (error) {
    if (!(error instanceof Exit && error.message.includes(noTable))) throw error;
    return more.json === true ? '[]' : '';
  }
  output.flush();
  return text;
}
