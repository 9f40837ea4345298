import type { xfrmAcquire, xfrmAsyncEvent, xfrmMapping, xfrmReport } from '../../../../netlink/families/xfrm/xfrm.ts';
import type { Out } from '../../../../wire/shape.ts';
import type { DeviceNames } from '../device-names.ts';
import { ipProtocolName } from '../ip-protocols.ts';
import type { Session } from '../session.ts';
import { masksText, policyText } from './policy-describe.ts';
import { selectorText } from './selector.ts';
import { numberText } from './state-describe.ts';
import { addressText, preferredNumber, protocolText } from './values.ts';

/** Why a state tells of itself (XFRM_AE_CR, XFRM_AE_CE, XFRM_AE_CU). */
const causes = [
  [16, 'replay update'],
  [32, 'timer expired'],
  [64, 'policy updated'],
] as const;

const newlineOf = ({ options }: Session) => (options.oneline ? '\\' : '\n');

export function acquireText(session: Session, event: Out<typeof xfrmAcquire>, devices: DeviceNames): string {
  const { header, attributes } = event;
  const { id, sel, policy } = header;
  const family = sel.family || preferredNumber(session);
  const statistics = session.options.statistics > 0;
  const newline = newlineOf(session);
  const view = { deviceName: (index: number) => devices.nameOf(index), withUser: statistics };
  // decimal, whatever stands before it
  const seq = statistics ? `  seq 0x${String(header.seq).padStart(8, '0')} ${masksText(header)}` : '';
  return [
    `acquire ${numberText(id, statistics)}`,
    `  sel ${selectorText(sel, family, view)}`,
    `  policy ${policyText(session, { header: policy, attributes }, devices, '    ')}${seq}`,
    '',
  ].join(newline);
}

/** Two lines, with `-oneline` as well. */
export function asyncEventText({ header }: Out<typeof xfrmAsyncEvent>): string {
  const { id, saddr, flags, reqid } = header;
  const told = causes.map(([bit, cause]) => ((flags & bit) === 0 ? '' : ` ${cause} `)).join('');
  const from = addressText(saddr, id.family);
  return `Async event  (0x${flags.toString(16)}) ${told}\n	src ${from} ${peerText(id, reqid)}`;
}

/** Two lines, with `-oneline` as well. */
export function mappingText({ header }: Out<typeof xfrmMapping>): string {
  const { id, oldSaddr, newSaddr, oldSport, newSport, reqid } = header;
  const end = (address: Uint8Array, port: number) => `${addressText(address, id.family)}:${port}`;
  return `Mapping change ${end(oldSaddr, oldSport)} -> ${end(newSaddr, newSport)}\n	${peerText(id, reqid)}`;
}

function peerText({ daddr, family, proto, spi }: Out<typeof xfrmMapping>['header']['id'], reqid: number): string {
  const protocol = ipProtocolName(proto) ?? proto;
  return `dst ${addressText(daddr, family)}  reqid 0x${reqid.toString(16)} protocol ${protocol}  SPI 0x${spi.toString(16)}\n`;
}

export function reportText(session: Session, event: Out<typeof xfrmReport>, devices: DeviceNames): string {
  const { proto, sel } = event.header;
  const { coaddr } = event.attributes;
  const family = sel.family || preferredNumber(session);
  const view = { deviceName: (index: number) => devices.nameOf(index), withUser: session.options.statistics > 0 };
  return [
    `report proto ${protocolText(proto)} `,
    `  sel ${selectorText(sel, family, view)}`,
    ...(coaddr === undefined ? [] : [`  coa ${addressText(coaddr, family)}`]),
    '',
  ].join(newlineOf(session));
}
