import { GenericConnection } from '../../../../connection/generic.ts';
import { NetlinkError } from '../../../../errors.ts';
import { tcpMetrics as declaration, type TcpMetricsMessage } from '../../../../netlink/families/generic/tcp-metrics.ts';
import { duplicateOrGarbage, Exit, failure, misuse } from '../exit.ts';
import { familyNumber, inetFamilyOf } from '../families.ts';
import { type InetAddress, type InetPrefix, isWithin, address as parse, prefix, toText as textOf } from '../inet.ts';
import { refusalText } from '../report.ts';
import type { Command, Session } from '../session.ts';
import { toJson, toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { isPrefix, Words } from '../words.ts';
import { destinationOf, metricsParts, sourceOf } from './describe.ts';

const show = async () => showMetrics;

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'show* list* lst*', load: show },
  { words: 'delete*', load: async () => deleteMetrics },
  { words: 'flush*', load: async () => flushMetrics },
  { words: 'help*', load: async () => () => help() },
];

/** `ip tcp_metrics …`: what TCP remembers of other machines. */
export function tcpMetrics(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('tcp_metrics', rows, show, session, words);
}

function help(): never {
  throw misuse(`\
Usage:	ip tcp_metrics/tcpmetrics { COMMAND | help }
	ip tcp_metrics { show | flush } SELECTOR
	ip tcp_metrics delete [ address ] ADDRESS
SELECTOR := [ [ address ] PREFIX ]
`);
}

/** An end of connections, and how it was written. */
interface End extends InetPrefix {
  readonly word: string;
}

interface Selector {
  destination?: End;
  source?: End;
}

/** Each end may be given once, in any order. (`ip` 6.1 passes over each word that follows one, and says nothing of it.) */
function readSelector({ options: { family } }: Session, list: readonly string[]): Selector {
  if (family !== undefined && family !== 'inet' && family !== 'inet6')
    throw failure(`Unsupported protocol family: ${familyNumber(family)}`);
  const words = new Words(list);
  const selector: Selector = {};
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const isSource = word === 'src' || word === 'source';
    const value = isSource || word === 'address' ? words.value() : word;
    if (isPrefix(value, 'help')) help();
    const end = isSource ? 'source' : 'destination';
    if (selector[end] !== undefined) throw duplicateOrGarbage(isSource ? 'src' : 'address', value);
    selector[end] = { ...prefix(value, family), word: value };
    if (isSource) single(selector.source);
  }
  return selector;
}

/** The kernel is asked for addresses, not for networks. Throws Exit. */
function single(end: End | undefined): End {
  if (end === undefined) throw misuse('Error: argument "address" is required\n');
  if (end.length !== end.bytes.length * 8)
    throw failure(`Error: a specific IP address is expected rather than "${end.word}"`);
  return end;
}

/** What is kept, all or one; with the words of `ip` where the kernel refuses. */
class Metrics implements Disposable {
  readonly #connection: GenericConnection;

  constructor(session: Session) {
    this.#connection = new GenericConnection({ namespace: session.namespace?.fd });
  }

  async all(): Promise<readonly TcpMetricsMessage[]> {
    const { messages } = await this.#connection.dump(declaration, {}, { operation: 'list TCP metrics' });
    return messages;
  }

  async ask(verb: 'get' | 'del', destination: InetAddress, source?: InetAddress): Promise<TcpMetricsMessage[]> {
    const attributes = { ...attributeOf('addr', destination), ...(source && attributeOf('saddr', source)) };
    return await this.#connection.request(declaration, verb, attributes, { operation: 'ask for TCP metrics' });
  }

  async deleteAll(): Promise<void> {
    await this.#connection.request(declaration, 'del', {}, { operation: 'delete all TCP metrics' });
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

function attributeOf(name: 'addr' | 'saddr', address: InetAddress) {
  return { [`${name}${address.family === 'inet' ? 'Ipv4' : 'Ipv6'}`]: textOf(address) };
}

const isSingle = <E extends InetPrefix>(found: E | undefined): found is E =>
  found !== undefined && found.length === found.bytes.length * 8;

async function showMetrics(session: Session, words: readonly string[]): Promise<number> {
  const selector = readSelector(session, words);
  using metrics = new Metrics(session);
  const view = viewOf(session);
  const text = (each: TcpMetricsMessage) => `${toText(metricsParts, each, view)}\n`;
  if (isSingle(selector.destination)) {
    // Of one, ip prints text whatever the options say.
    for (const each of await refusable(metrics.ask('get', selector.destination, selector.source)))
      session.output.write(text(each));
    return 0;
  }
  const found = (await metrics.all()).filter(matcher(session, selector));
  if (session.options.json) session.printJson(found.map((each) => toJson(metricsParts, each, view)));
  else for (const each of found) session.output.write(text(each));
  return 0;
}

function matcher({ options }: Session, { destination, source }: Selector): (each: TcpMetricsMessage) => boolean {
  const family = inetFamilyOf(options);
  const within = (text: string | undefined, outer: InetPrefix | undefined) =>
    outer === undefined || (text !== undefined && isWithin(parse(text), outer));
  return (each) =>
    (family === undefined || (each.attributes.addrIpv4 === undefined) === (family === 'inet6')) &&
    within(destinationOf(each), destination) &&
    within(sourceOf(each), source);
}

const deleteMetrics: Command = async (session, words) => {
  const { destination, source } = readSelector(session, words);
  const end = single(destination);
  using metrics = new Metrics(session);
  await refusable(metrics.ask('del', end, source));
  return 0;
};

const flushMetrics: Command = async (session, words) => {
  const { family, statistics } = session.options;
  const selector = readSelector(session, words);
  if (isSingle(selector.destination)) return await deleteMetrics(session, words);
  using metrics = new Metrics(session);
  if (family === undefined && selector.destination === undefined && selector.source === undefined) {
    await refusable(metrics.deleteAll());
    return 0;
  }
  const found = (await metrics.all()).filter(matcher(session, selector));
  if (found.length === 0) {
    session.warn('Nothing to flush.\n');
    return 0;
  }
  for (const each of found) {
    const [destination, source] = [destinationOf(each), sourceOf(each)];
    if (destination === undefined) continue;
    await metrics.ask('del', parse(destination), source === undefined ? undefined : parse(source)).catch(unlessGone);
  }
  if (statistics > 0)
    session.output.write(
      `\n*** Round 1, deleting ${found.length} entries ***\n*** Flush is complete after 1 round ***\n`,
    );
  return 0;
};

function unlessGone(error: unknown): TcpMetricsMessage[] {
  if (error instanceof NetlinkError && error.code === 'ESRCH') return [];
  throw error;
}

async function refusable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NetlinkError) throw new Exit(`${refusalText(error)}\n`, 2, false);
    throw error;
  }
}
