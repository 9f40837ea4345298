import { readFileSync } from 'node:fs';
import { type Part, value, when } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, Kind } from './kind.ts';

type Data = DataOf<'tun'>;
type Shown = Part<Data, LinkView>;

const types: Readonly<Record<number, string>> = { 1: 'tun', 2: 'tap' };

/** The name of a user or group, by the file that holds them; the number if it has none. */
function nameIn(file: string, id: number): string | number {
  try {
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .find((each) => each.split(':')[2] === String(id));
    return line?.split(':')[0] ?? id;
  } catch {
    return id;
  }
}

const onOff = (json: string, get: (data: Data) => boolean | undefined): Shown =>
  value(json, (on) => `${json} ${on === true ? 'on' : 'off'} `, get);

const describe: readonly Shown[] = [
  value('type', 'type % ', ({ type }) => (type === undefined ? undefined : (types[type] ?? `UNKNOWN:${type}`))),
  onOff('pi', (data) => data.pi),
  onOff('vnet_hdr', (data) => data.vnetHdr),
  value(
    'multi_queue',
    (on) => (on === true ? 'multi_queue ' : ''),
    (data) => data.multiQueue ?? false,
  ),
  when(
    (data) => data.multiQueue === true,
    [
      value('numqueues', 'numqueues % ', (data) => data.numQueues),
      value('numdisabled', 'numdisabled % ', (data) => data.numDisabledQueues),
    ],
  ),
  onOff('persist', (data) => data.persist),
  value('user', 'user % ', ({ owner }) => (owner === undefined ? undefined : nameIn('/etc/passwd', owner))),
  value('group', 'group % ', ({ group }) => (group === undefined ? undefined : nameIn('/etc/group', group))),
];

/** A device whose packets a program reads and writes; `ip tuntap` makes it, so here it is only shown. */
export const tun: Kind<Data> = { kind: 'tun', usage: '', describe };
