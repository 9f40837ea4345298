import { type NexthopMessage, nexthopBucket } from '../../../../netlink/families/route/nexthop.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { misuse } from '../exit.ts';
import type { Session } from '../session.ts';
import { spells } from '../sub-commands.ts';
import { unsigned } from '../values.ts';
import { Words } from '../words.ts';
import { bucketJson, bucketText } from './describe.ts';
import { readBucketFilter } from './filter.ts';
import { nexthopView } from './show.ts';
import { nexthopHelp } from './usage.ts';

/** `ip nexthop bucket …`: the buckets of resilient groups. */
export async function bucket(session: Session, [word = 'list', ...words]: readonly string[]): Promise<number> {
  if (spells('list* show* lst*', word)) return list(session, words);
  if (spells('get*', word)) return get(session, words);
  if (spells('help*', word)) nexthopHelp();
  throw misuse(`Command "${word}" is unknown, try "ip nexthop help".\n`);
}

async function list(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter = readBucketFilter(words, { devices, help: () => nexthopHelp() });
  const request = {
    attributes: {
      id: filter.id,
      oif: filter.device,
      master: filter.master,
      ...(filter.member === undefined ? {} : { resBucket: { nhId: filter.member } }),
    },
  };
  print(session, devices, dumpOf(connection, nexthopBucket, request, 'list the buckets of nexthops'));
  return 0;
}

async function get(session: Session, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  let id: number | undefined;
  let index: number | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'id') id = unsigned(words.value(), 32, 'invalid id value');
    else if (word === 'index') index = unsigned(words.value(), 16, 'invalid bucket index value');
    else nexthopHelp();
  }
  if (id === undefined || index === undefined) nexthopHelp();
  const connection = await session.connection();
  const request = { attributes: { id, resBucket: { index } } };
  const found = connection.requestSync(nexthopBucket, 'get', request, { operation: 'ask for a bucket of a nexthop' });
  print(session, new DeviceNames(connection), found);
  return 0;
}

function print(session: Session, devices: DeviceNames, buckets: readonly NexthopMessage[]): void {
  const view = nexthopView(session, devices);
  if (session.options.json) session.printJson(buckets.map((each) => bucketJson(each, view)));
  else for (const each of buckets) session.output.write(`${bucketText(each, view)}\n`);
}
