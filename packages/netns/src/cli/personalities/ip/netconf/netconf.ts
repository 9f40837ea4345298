import { type NetconfMessage, netconf as netconfs } from '../../../../netlink/families/route/netconf.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { failure, misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { Words } from '../words.ts';
import { netconfJson, netconfText } from './describe.ts';

const show = async () => showNetconf;

const rows: readonly SubCommand[] = [
  { words: 'show* lst* list*', load: show },
  { words: 'help*', load: async () => () => help() },
];

/** `ip netconf …`: what devices do with packets that are not their own. */
export function netconf(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('netconf', rows, show, session, words);
}

function help(): never {
  throw misuse('Usage: ip netconf show [ dev DEV ]\n');
}

/** Words that it does not know are passed over, as `ip` does. */
async function showNetconf(session: Session, words: readonly string[]): Promise<number> {
  const { options } = session;
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  let index: number | undefined;
  const left = new Words(words);
  for (let word = left.take(); word !== undefined; word = left.take()) {
    if (word !== 'dev') continue;
    const name = left.value();
    index = devices.indexOf(name);
    if (index === 0) throw failure(`Device "${name}" does not exist.`);
  }
  const families = options.family === undefined ? (['inet', 'inet6'] as const) : [options.family];
  const operation = 'list the settings of devices';
  const found: readonly NetconfMessage[] = families.flatMap((family) => {
    const header = { family: familyNumber(family) };
    // of a family that has none, only who asks for one device learns that
    return index !== undefined && options.family !== undefined
      ? connection.requestSync(netconfs, 'get', { header, attributes: { ifindex: index } }, { operation })
      : dumpOf(connection, netconfs, { header }, operation);
  });
  const shown = found.filter(
    ({ header, attributes: { ifindex } }) =>
      (index === undefined || ifindex === index) &&
      (options.family === undefined || header.family === familyNumber(options.family)),
  );
  const view = { ...viewOf(session), deviceName: (each: number) => devices.nameOf(each) };
  if (options.json) session.printJson(shown.map((each) => netconfJson(each, view)));
  else for (const each of shown) session.output.write(`${netconfText(each, view)}\n`);
  return 0;
}
