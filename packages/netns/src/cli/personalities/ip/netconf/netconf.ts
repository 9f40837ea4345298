import { type NetconfMessage, netconf as netconfs } from '../../../../netlink/families/route/netconf.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { failure, misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
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
  const at = words.indexOf('dev');
  const name = at < 0 ? undefined : words[at + 1];
  if (at >= 0 && name === undefined) throw misuse('Command line is not complete. Try option "help"\n');
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const index = name === undefined ? undefined : devices.indexOf(name);
  if (index === 0) throw failure(`Device "${name}" does not exist.`);
  const families = options.family === undefined ? (['inet', 'inet6'] as const) : [options.family];
  const found: NetconfMessage[] = [];
  for (const family of families) {
    found.push(
      ...dumpOf(connection, netconfs, { header: { family: familyNumber(family) } }, 'list the settings of devices'),
    );
  }
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
