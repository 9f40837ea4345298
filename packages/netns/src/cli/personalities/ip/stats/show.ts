import {
  type LinkStatisticsMessage,
  linkStatistics,
  linkStatisticsGroup,
} from '../../../../netlink/families/route/link-statistics.ts';
import { DeviceNames } from '../device-names.ts';
import { duplicateOrGarbage, failure } from '../exit.ts';
import type { Session } from '../session.ts';
import type { View } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { Words } from '../words.ts';
import { type Leaf, leaves, levels, linkHeading } from './groups.ts';
import { unknownWord } from './usage.ts';

/** What `ip` returns for a selection that makes no sense: the number of EINVAL. */
const invalid = 22;

type Path = readonly string[];

const startsWith = (path: readonly (string | undefined)[], start: Path) => start.every((word, at) => path[at] === word);

/** The names chosen so far, with one more at its level. A level below replaces the whole that it is a part of. */
class Selection {
  readonly #chosen: Path[] = [];

  choose(level: number, name: string): void {
    const within = this.#chosen.at(-1) ?? [];
    const what = `${levels[level]} ${name}`;
    if (within.length < level)
      throw failure(`Error: ${what} requested without selecting a ${levels[within.length]} first`, invalid);
    const parent = within.slice(0, level);
    if (leaves.some(({ path }) => path.length === level && startsWith(path, parent)))
      throw failure(`Error: ${what} requested inside leaf ${levels[level - 1]} ${parent.at(-1)}`, invalid);
    const path = [...parent, name];
    if (!leaves.some((leaf) => startsWith(leaf.path, path)))
      throw failure(`Error: no ${levels[level]} named ${name} found inside ${parent.at(-1) ?? 'top-level'}`, invalid);
    if (level > 0 && within.length === level) this.#chosen.pop();
    this.#chosen.push(path);
  }

  get leaves(): readonly Leaf[] {
    if (this.#chosen.length === 0) return leaves;
    return leaves.filter(({ path }) => this.#chosen.some((start) => startsWith(path, start)));
  }
}

/** `ip stats show`: of one device or all, all groups of counters or those that are named; `more`: times `-statistics`. */
export async function showStats(session: Session, list: readonly string[], more: number): Promise<number> {
  const words = new Words(list);
  const selection = new Selection();
  let device: string | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const level = levels.indexOf(word as (typeof levels)[number]);
    if (level >= 0) selection.choose(level, words.value());
    else if (word === 'dev') {
      const name = words.value();
      if (device !== undefined) throw duplicateOrGarbage('dev', name);
      device = name;
    } else throw unknownWord(word);
  }
  const wanted = selection.leaves;
  const base = viewOf(session);
  const view = { ...base, options: { ...base.options, statistics: base.options.statistics + more } };
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const groups = new Set(wanted.map(({ path: [group] }) => linkStatisticsGroup(group)));
  const filterMask = [...groups].reduce((mask, bit) => mask | bit, 0);
  const operation = 'list counters';
  if (device === undefined) {
    const { messages } = connection.dumpSync(linkStatistics, { header: { filterMask } }, { operation });
    print(session, view, devices, messages, wanted, view.newline);
  } else {
    const header = { ifindex: devices.needed(device), filterMask };
    print(session, view, devices, connection.requestSync(linkStatistics, 'get', { header }, { operation }), wanted, '');
  }
  return 0;
}

function print(
  session: Session,
  view: View,
  devices: DeviceNames,
  messages: readonly LinkStatisticsMessage[],
  wanted: readonly Leaf[],
  between: string,
): void {
  if (session.options.json) {
    session.printJson(
      messages.flatMap(({ header: { ifindex }, attributes }) =>
        wanted.map(({ path, describe }) => ({
          ifindex,
          ifname: devices.nameOf(ifindex),
          ...Object.fromEntries(path.map((name, at) => [levels[at], name ?? ''])),
          ...describe(attributes, view).json,
        })),
      ),
    );
    return;
  }
  for (const { header, attributes } of messages) {
    const link = linkHeading(header.ifindex, devices.nameOf(header.ifindex), view);
    for (const { path, describe } of wanted) {
      const title = path.map((name, at) => ` ${levels[at]} ${name}`).join('');
      session.output.write(`${link}${title}${describe(attributes, view).text}${view.newline}`);
    }
    session.output.write(between);
  }
}
