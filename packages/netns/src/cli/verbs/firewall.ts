import { readFileSync } from 'node:fs';
import { linkTypes, type PacketSummary, summarize } from '../../inspect/capture/summary.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { contextOf, documentOf } from '../../network/firewall/document.ts';
import type { Firewall } from '../../network/firewall/firewall.ts';
import type { Rule, RulesetObject } from '../../network/firewall/json/schema.ts';
import { rulesetText, ruleText } from '../../network/firewall/json/text.ts';
import type { JsonContext } from '../../network/firewall/json/values.ts';
import { Narrator, type ToldChange } from '../../network/firewall/narrate.ts';
import type { FirewallTraceStep } from '../../network/firewall/trace.ts';
import type { FirewallFamily } from '../../network/firewall/words.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { nothingMore } from '../few-words.ts';
import { writeExactJson } from '../json.ts';
import { type Call, type Options, UsageError } from '../verb.ts';

const options = {
  'dry-run': { summary: 'with load: only say what would be done' },
  family: { summary: 'show or flush only the tables of a family', value: 'ip|ip6|inet|arp|bridge|netdev' },
} as const satisfies Options;

type FirewallCall = Call<typeof options>;

/** What a document may be at most, so that a mistaken one fills no memory. */
const MOST_BYTES = 64 * 1024 * 1024;

const actions: Readonly<
  Record<string, (firewall: OpenFirewall, call: FirewallCall, words: readonly string[]) => Promise<void>>
> = {
  show,
  load,
  flush,
  trace,
  monitor,
};

export const verb = defineVerb({
  name: 'firewall',
  summary: 'show, load and watch the firewall of a namespace (nftables)',
  usage: ['show|load|flush|trace|monitor NAME [FILE]', 'show NAME [--family FAMILY]', 'load NAME FILE [--dry-run]'],
  notes: [
    '`show` has the tables with their chains, rules and sets in the words of nft(8); with `--json` in the JSON of\n' +
      'libnftables-json(5), as `nft -j list ruleset` writes it. `load` takes such a document (`-`: standard input), from `show --json`\n' +
      'or written for `nft -j -f`, and makes all of it or nothing. It adds to what is there, unless it says `flush`.',
    '`trace` tells the way of packets that a rule marked (`meta nftrace set 1`), `monitor` every change, until they are\n' +
      'interrupted.',
  ],
  options,
  examples: [
    ['netns firewall show blue', 'what there is'],
    ['netns firewall show blue --json > blue.json', 'for programs, and to load it again'],
    ['netns firewall load blue rules.json --dry-run', 'what a document would do'],
    ['netns firewall flush blue', 'take everything out'],
    ['netns firewall trace blue', 'which rules packets meet'],
  ],
  otherWords: ['nft', 'nftables', 'iptables', 'rules', 'ruleset'],
  async run(call) {
    const [action, name, ...rest] = call.words;
    if (action === undefined) throw new UsageError(`what? ${Object.keys(actions).join(', ')}`);
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (act === undefined) throw new UsageError(`'${action}' is not one of ${Object.keys(actions).join(', ')}`);
    if (name === undefined) throw new UsageError('which name?');
    if (call.options['dry-run'] && act !== load) throw new UsageError('--dry-run is for load');
    using namespace = openNamespace(name, 'net', call.io.names);
    const { Firewall } = await import('../../network/firewall/firewall.ts');
    using firewall = new Firewall({ namespace: namespace.fd });
    await act({ firewall, fd: namespace.fd }, call, rest);
    return 0;
  },
});

interface OpenFirewall {
  readonly firewall: Firewall;
  readonly fd: ReturnType<typeof openNamespace>['fd'];
}

function familyOf({ options: { family } }: FirewallCall): { family?: FirewallFamily } {
  return family === undefined ? {} : { family: family as FirewallFamily };
}

async function show({ firewall, fd }: OpenFirewall, call: FirewallCall, words: readonly string[]): Promise<void> {
  nothingMore(words);
  const document = await documentOf(firewall, fd, familyOf(call));
  if (call.json) writeExactJson(call.io, document);
  else call.io.stdout.write(escapeLines(rulesetText(document.nftables as readonly RulesetObject[])));
}

/** Names and comments can hold anything. */
function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}

async function load(
  { firewall }: OpenFirewall,
  { options: given, json, io }: FirewallCall,
  words: readonly string[],
): Promise<void> {
  const [file, ...rest] = words;
  if (file === undefined) throw new UsageError('which file? - is standard input');
  nothingMore(rest);
  const document = documentIn(file);
  if (!given['dry-run']) {
    await firewall.load(document);
    return;
  }
  const changes = await firewall.planOf(document);
  if (json) writeExactJson(io, changes);
  else io.stdout.write(changes.map((change) => `${escapeControls(change)}\n`).join(''));
}

function documentIn(file: string): object {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  if (text.length > MOST_BYTES) throw new UsageError(`${file} is larger than ${MOST_BYTES / 1024 / 1024} MiB`);
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

async function flush({ firewall }: OpenFirewall, call: FirewallCall, words: readonly string[]): Promise<void> {
  nothingMore(words);
  await firewall.flush(familyOf(call));
}

async function monitor(
  { firewall, fd }: OpenFirewall,
  { json, io }: FirewallCall,
  words: readonly string[],
): Promise<void> {
  nothingMore(words);
  // Listens before it looks, so that nothing falls between.
  const events = firewall.events();
  const narrator = new Narrator(await contextOf(fd), await firewall.list());
  for await (const event of events) {
    const told = narrator.tell(event);
    if (told !== undefined && json) writeExactJson(io, told);
    else if (told !== undefined) io.stdout.write(`${escapeControls(changeText(told))}\n`);
    else if (event.event === 'overrun') io.stdout.write(json ? '{"overrun":null}\n' : 'overrun\n');
  }
}

function changeText(told: ToldChange): string {
  const [word, object] = Object.entries(told)[0] as [string, RulesetObject];
  const [kind, value] = Object.entries(object)[0] as [string, Record<string, unknown>];
  const place = [value.family, value.table, value.chain, value.name].filter((each) => each !== undefined).join(' ');
  const text = kind === 'rule' ? ` handle ${value.handle}: ${ruleText(value as unknown as Rule)}` : '';
  const elements = kind === 'element' ? ` ${JSON.stringify(value.elem)}` : '';
  return `${word} ${kind} ${place}${text}${elements}`;
}

async function trace(
  { firewall, fd }: OpenFirewall,
  { json, io }: FirewallCall,
  words: readonly string[],
): Promise<void> {
  nothingMore(words);
  const steps = firewall.trace();
  const rules = new Map<string, string>();
  const context = await contextOf(fd);
  const look = async () => {
    for (const object of (await documentOf(firewall, fd, {})).nftables as readonly RulesetObject[])
      if ('rule' in object)
        rules.set(ruleKey(object.rule.family, object.rule.table, object.rule.handle), ruleText(object.rule));
  };
  await look();
  for await (const step of steps) {
    if (step.event === 'overrun') {
      io.stdout.write(json ? '{"event":"overrun"}\n' : 'overrun\n');
      continue;
    }
    const key = ruleKey(step.family, step.table, step.rule);
    if (step.rule !== undefined && !rules.has(key)) await look();
    const text = rules.get(key);
    if (json) writeExactJson(io, stepJson(step, text, context));
    else
      io.stdout.write(
        stepLines(step, text, context)
          .map((line) => `${escapeControls(line)}\n`)
          .join(''),
      );
  }
}

function ruleKey(family: string, table: string, handle: unknown): string {
  return `${family} ${table} ${handle}`;
}

function stepJson(step: FirewallTraceStep, rule: string | undefined, { linkName }: JsonContext) {
  const { event, packet, family, table, chain, verdict, to, mark } = step;
  const name = (index: number | undefined) => (index === undefined ? undefined : (linkName?.(index) ?? index));
  return {
    event,
    packet,
    family,
    table,
    chain,
    handle: step.rule,
    rule,
    verdict,
    to,
    mark,
    iif: name(step.inputLink),
    oif: name(step.outputLink),
    ...packetOf(step),
  };
}

/** What the packet is: the kernel says it with its first step in a chain. */
function packetOf({ linkHeader, networkHeader, transportHeader }: FirewallTraceStep): Partial<PacketSummary> {
  if (networkHeader === undefined) return {};
  const parts = [linkHeader, networkHeader, transportHeader].flatMap((part) => part ?? []);
  return summarize(linkHeader === undefined ? linkTypes.ip : linkTypes.ethernet, Buffer.concat(parts));
}

/** The lines of a step; in front of the first one of a packet in a chain, one that says which packet it is. */
function stepLines(step: FirewallTraceStep, rule: string | undefined, context: JsonContext): string[] {
  const { event, packet, family, table, chain, verdict, to, iif, oif, protocol, source, destination, info } = {
    ...step,
    ...stepJson(step, rule, context),
  };
  const place = [packet.toString(16).padStart(8, '0'), family, table, chain].join(' ');
  // Behind the last rule of a chain the kernel tells of one without a handle.
  const of = step.rule === undefined ? 'end' : `rule ${step.rule}${rule === undefined ? '' : ` (${rule})`}`;
  const line = `${place} ${event === 'rule' ? of : event} verdict ${verdict}${to === undefined ? '' : ` ${to}`}`;
  if (protocol === undefined) return [line];
  const way = source === undefined ? '' : ` ${source} > ${destination}`;
  const devices = [...(iif === undefined ? [] : [`iif ${iif}`]), ...(oif === undefined ? [] : [`oif ${oif}`])];
  return [[place, 'packet', ...devices, `${protocol}${way}`, ...(info ? [info] : [])].join(' '), line];
}
