import { type MacsecMessage, macsecDevice } from '../../../../netlink/families/generic/macsec.ts';
import { macsecCiphers, macsecOffloads, macsecValidations } from '../../../../netlink/families/route/kinds/macsec.ts';
import { DeviceNames } from '../device-names.ts';
import { hexOf } from '../hex.ts';
import type { JsonObject } from '../json.ts';
import type { Command } from '../session.ts';
import { wholeDump, withGeneric } from '../with-generic.ts';
import { deviceOf } from './macsec.ts';
import { macsecHelp } from './usage.ts';

type Attributes = MacsecMessage['attributes'];
type Key = NonNullable<Attributes['txsaList']>[number];
type Sender = NonNullable<Attributes['rxscList']>[number];

/** All devices, or one. Each has many lines, also with `-oneline`. */
export const show: Command = async (session, list) => {
  const [name, more] = list;
  if (more !== undefined) macsecHelp();
  const only = name === undefined ? undefined : await deviceOf(session, name);
  const all = await withGeneric(session, (connection) =>
    wholeDump(connection.dump(macsecDevice, {}, { operation: 'list MACsec devices' })),
  );
  const names = new DeviceNames(await session.connection());
  const statistics = session.options.statistics > 0;
  const found = all
    .map(({ attributes }) => attributes)
    .filter(({ ifindex }) => only === undefined || ifindex === only)
    .map((attributes) => ({ attributes, name: names.nameOf(attributes.ifindex ?? 0) }));
  if (session.options.json) session.printJson(found.map((each) => deviceJson(each.attributes, each.name, statistics)));
  else for (const each of found) session.output.write(deviceText(each.attributes, each.name, statistics));
  return 0;
};

/** Counters under the words of the standard, in its order. */
type Counters = readonly (readonly [name: string, value: number | bigint | undefined])[];

const deviceCounters = ({ secyStats = {} }: Attributes): Counters => [
  ['OutPktsUntagged', secyStats.outPktsUntagged],
  ['InPktsUntagged', secyStats.inPktsUntagged],
  ['OutPktsTooLong', secyStats.outPktsTooLong],
  ['InPktsNoTag', secyStats.inPktsNoTag],
  ['InPktsBadTag', secyStats.inPktsBadTag],
  ['InPktsUnknownSCI', secyStats.inPktsUnknownSci],
  ['InPktsNoSCI', secyStats.inPktsNoSci],
  ['InPktsOverrun', secyStats.inPktsOverrun],
];

const sentCounters = ({ txscStats = {} }: Attributes): Counters => [
  ['OutPktsProtected', txscStats.outPktsProtected],
  ['OutPktsEncrypted', txscStats.outPktsEncrypted],
  ['OutOctetsProtected', txscStats.outOctetsProtected],
  ['OutOctetsEncrypted', txscStats.outOctetsEncrypted],
];

const senderCounters = ({ stats = {} }: Sender): Counters => [
  ['InOctetsValidated', stats.inOctetsValidated],
  ['InOctetsDecrypted', stats.inOctetsDecrypted],
  ['InPktsUnchecked', stats.inPktsUnchecked],
  ['InPktsDelayed', stats.inPktsDelayed],
  ['InPktsOK', stats.inPktsOk],
  ['InPktsInvalid', stats.inPktsInvalid],
  ['InPktsLate', stats.inPktsLate],
  ['InPktsNotValid', stats.inPktsNotValid],
  ['InPktsNotUsingSA', stats.inPktsNotUsingSa],
  ['InPktsUnusedSA', stats.inPktsUnusedSa],
];

const keyCounters = ({ stats = {} }: Key): Counters => [
  ['InPktsOK', stats.inPktsOk],
  ['InPktsInvalid', stats.inPktsInvalid],
  ['InPktsNotValid', stats.inPktsNotValid],
  ['InPktsNotUsingSA', stats.inPktsNotUsingSa],
  ['InPktsUnusedSA', stats.inPktsUnusedSa],
  ['OutPktsProtected', stats.outPktsProtected],
  ['OutPktsEncrypted', stats.outPktsEncrypted],
];

const present = (counters: Counters) => counters.filter(([, count]) => count !== undefined);
const countersJson = (counters: Counters): JsonObject =>
  Object.fromEntries(present(counters).map(([name, count]) => [name, count ?? 0]));

/** Names in one line, numbers below them. */
function countersText(counters: Counters): string {
  const shown = present(counters);
  const numbers = shown.map(([name, count]) => String(count).padStart(name.length));
  return shown.length === 0
    ? ''
    : `    stats: ${shown.map(([name]) => name).join(' ')}\n           ${numbers.join(' ')}\n`;
}

const onOff = (value: boolean | undefined) => (value ? 'on' : 'off');
const senderText = (sci = 0n) => sci.toString(16).padStart(16, '0');
const cipherOf = (suite = 0n) => macsecCiphers.get(suite)?.toUpperCase() ?? '(unknown)';

/** The settings of a device by their words, in their order. What `ip` calls `sc` and `sa` is whether another key than the first is sent with. */
function settings({ secy = {} }: Attributes) {
  return {
    protect: secy.protect ?? false,
    validate: macsecValidations[secy.validate ?? 0] ?? '(unknown)',
    sc: (secy.encodingSa ?? 0) !== 0,
    sa: (secy.encodingSa ?? 0) !== 0,
    encrypt: secy.encrypt ?? false,
    send_sci: secy.incSci ?? false,
    end_station: secy.es ?? false,
    scb: secy.scb ?? false,
    replay: secy.replay ?? false,
    ...(secy.replay && { window: secy.window ?? 0 }),
  };
}

function deviceText(attributes: Attributes, name: string, statistics: boolean): string {
  const { ifindex = 0, secy = {}, txsaList = [], rxscList = [], offload } = attributes;
  const words = Object.entries(settings(attributes)).map(
    ([word, value]) => `${word} ${typeof value === 'boolean' ? onOff(value) : value} `,
  );
  const counters = (own: Counters) => (statistics ? countersText(own) : '');
  return [
    `${ifindex}: ${name}: ${words.join('')}\n`,
    `    cipher suite: ${cipherOf(secy.cipherSuite)}, using ICV length ${secy.icvLen ?? 0}\n`,
    `    TXSC: ${senderText(secy.sci)} on SA ${secy.encodingSa ?? 0}\n`,
    counters(deviceCounters(attributes)),
    counters(sentCounters(attributes)),
    ...txsaList.map((key) => `${keyText(key)}${counters(keyCounters(key))}`),
    ...rxscList.flatMap((sender) => [
      `    RXSC: ${senderText(sender.sci)}, state ${onOff(sender.active)}\n`,
      counters(senderCounters(sender)),
      ...(sender.saList ?? []).map((key) => `${keyText(key)}${counters(keyCounters(key))}`),
    ]),
    offload === undefined ? '' : `    offload: ${macsecOffloads[offload.type ?? 0] ?? '(unknown)'} \n`,
  ].join('');
}

function keyText({ an = 0, pn = 0, ssci, active, keyid }: Key): string {
  const identity = ssci === undefined ? ' ' : `SSCI ${ssci.toString(16).padStart(8, '0')} `;
  return `        ${an}: PN ${pn},${identity}state ${onOff(active)}, key ${hexOf(keyid ?? new Uint8Array())}\n`;
}

const hex = (value: number | bigint) => `0x${value.toString(16)}`;

function deviceJson(attributes: Attributes, ifname: string, statistics: boolean): JsonObject {
  const { ifindex = 0, secy = {}, txsaList = [], rxscList = [], offload } = attributes;
  const counters = (own: Counters) => (statistics ? countersJson(own) : {});
  const keyJson = (key: Key): JsonObject => ({
    an: key.an ?? 0,
    pn: key.pn ?? 0,
    ...(key.ssci !== undefined && { ssci: hex(key.ssci) }),
    active: key.active ?? false,
    key: hexOf(key.keyid ?? new Uint8Array()),
    ...counters(keyCounters(key)),
  });
  return {
    ifindex,
    ifname,
    ...settings(attributes),
    cipher_suite: cipherOf(secy.cipherSuite),
    icv_length: secy.icvLen ?? 0,
    sci: hex(secy.sci ?? 0n),
    encoding_sa: secy.encodingSa ?? 0,
    ...counters(deviceCounters(attributes)),
    ...counters(sentCounters(attributes)),
    sa_list: txsaList.map(keyJson),
    rx_sc: rxscList.map((sender) => ({
      sci: hex(sender.sci ?? 0n),
      active: sender.active ?? false,
      ...counters(senderCounters(sender)),
      sa_list: (sender.saList ?? []).map(keyJson),
    })),
    ...(offload !== undefined && { offload: macsecOffloads[offload.type ?? 0] ?? '(unknown)' }),
  };
}
