import { parseArgs } from 'node:util';
import { h1 } from './h1-create.ts';
import { h2 } from './h2-delete.ts';
import { h3 } from './h3-hosts.ts';
import { h4 } from './h4-exec.ts';
import { h5 } from './h5-spawn.ts';
import { h6 } from './h6-look.ts';
import { h7 } from './h7-inventory.ts';
import { h8 } from './h8-dump.ts';
import { h9 } from './h9-routes.ts';
import { h10 } from './h10-event.ts';
import { h11 } from './h11-burst.ts';
import { h12 } from './h12-flat.ts';
import { h13 } from './h13-firewall.ts';
import { h14 } from './h14-sockets.ts';
import { h15 } from './h15-apply.ts';
import { h16 } from './h16-census.ts';
import { h17 } from './h17-storm.ts';
import { h18 } from './h18-settings.ts';
import { h19 } from './h19-capture.ts';
import { Ground } from './harness/ground.ts';
import type { Headline } from './harness/headline.ts';
import { describeMachine, type Load, LoadMeter } from './harness/machine.ts';
import { renderMarkdown, renderText, tableOf, toJson } from './harness/report.ts';
import { Tools } from './harness/tools.ts';
import { http } from './http.ts';
import { memory } from './memory.ts';
import { roundtrip } from './roundtrip.ts';
import { servers } from './servers.ts';
import { startup } from './startup.ts';

/** Everything that can be asked for, in the order of the report. */
const headlines: readonly Headline[] = [
  h1,
  h2,
  h3,
  h4,
  h5,
  h6,
  h7,
  h8,
  h9,
  h10,
  h11,
  h12,
  h13,
  h14,
  h15,
  h16,
  h17,
  h18,
  h19,
  roundtrip,
  memory,
  startup,
  http,
  servers,
];

const usage = `usage: npm run bench -- [HEADLINE...] [--rounds N] [--count N] [--json | --markdown]

${headlines.map(({ id, title }) => `  ${id.padEnd(10)} ${title}`).join('\n')}

  --rounds N   how often each contestant runs (default: 5 to 9, by headline)
  --count N    how many namespaces "many" means (default: 1000)
  --json       everything measured, for programs
  --markdown   the tables of docs/benchmarks.md
`;

interface Options {
  readonly chosen: readonly Headline[];
  readonly rounds: number | undefined;
  readonly count: number;
  readonly form: 'text' | 'json' | 'markdown';
}

/** `undefined` stands for a request that cannot be understood, or for help. */
function parse(args: string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      count: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const chosen = positionals.map((word) => headlines.find(({ id }) => id.toLowerCase() === word.toLowerCase()));
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const count = Number(values.count);
  const numbersFine = [rounds ?? 1, count].every((value) => Number.isInteger(value) && value > 0);
  if (values.help || !numbersFine || chosen.includes(undefined)) return undefined;
  return {
    chosen: chosen.length === 0 ? headlines : headlines.filter((headline) => chosen.includes(headline)),
    rounds,
    count,
    form: values.json ? 'json' : values.markdown ? 'markdown' : 'text',
  };
}

async function main(benchDirectory: string, workDirectory: string, args: string[]): Promise<void> {
  const options = parse(args);
  if (options === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const tools = new Tools(benchDirectory, workDirectory);
  tools.compileFloor();
  const load = new LoadMeter();
  const ground = new Ground(tools, load);
  const show = (text: string) => process.stdout.write(`${text}\n`);
  const json: object[] = [];

  if (options.form !== 'json') show(`${describeMachine()}\n`);
  for (const headline of options.chosen) {
    const progress = (text: string) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text === '' ? '' : `${headline.id}: ${text}`}`);
    };
    const rounds = options.rounds ?? headline.rounds;
    const results = await headline.run({ ground, tools, rounds, count: options.count, progress });
    if (options.form === 'json') json.push(toJson(headline.id, headline.title, results));
    const table = tableOf(`${headline.id}: ${headline.title}`, results);
    if (options.form === 'text') show(renderText(table));
    if (options.form === 'markdown') show(renderMarkdown(table));
  }
  if (options.form === 'json') show(JSON.stringify({ machine: describeMachine(), load: load.read(), headlines: json }));
  else show(describeLoad(load.read()));
}

function describeLoad({ otherPercent, samples, average1 }: Load): string {
  const { median, high } = otherPercent;
  return `Other load: processors ${median.toFixed(0)} % busy while the benchmark slept (upper quartile ${high.toFixed(0)} %, ${samples} samples); load average now ${average1.toFixed(2)}.`;
}

const [benchDirectory = '.', workDirectory = '.', ...args] = process.argv.slice(2);
try {
  await main(benchDirectory, workDirectory, args);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
