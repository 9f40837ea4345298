// apply apply|lists|held DIR COUNT RUNS: the tables of this network namespace and of the named ones b0, b1, …, all that a document describes
// of them: applied as they are; only listed; listed from namespaces that are open already. Prints the stamps of the whole, then the
// duration of the first time, and of RUNS times more.
import { apply, describe, NetworkNamespace, openNetwork } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [what, runDirectory = '', count, runs] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, i) => `b${i}`);
const sections = ['links', 'addresses', 'nexthops', 'routes', 'rules', 'neighbours'] as const;

type Opened = readonly Pick<NetworkNamespace, 'network' | 'close'>[];

function open(): Opened {
  const network = openNetwork();
  return [{ network, close: () => network.close() }, ...NetworkNamespace.openAll(names, { runDirectory })];
}

async function list(opened: Opened): Promise<void> {
  for (const { network } of opened) {
    for (const section of sections) await network[section].list();
  }
}

async function openAndList(): Promise<void> {
  const opened = open();
  await list(opened);
  for (const each of opened) each.close();
}

async function work(): Promise<() => Promise<void>> {
  if (what === 'lists') return openAndList;
  if (what === 'held') {
    const held = open();
    return () => list(held);
  }
  const document = await describe(['.', ...names], { runDirectory, sections });
  return async () => {
    const steps = await apply(document, { runDirectory });
    if (steps.length > 0) throw new Error(`${steps.length} steps, where nothing should have been to do`);
  };
}

await reportEach(1 + Number(runs), await work());
process.exit();
