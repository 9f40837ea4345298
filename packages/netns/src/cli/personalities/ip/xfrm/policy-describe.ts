import { xfrmActions, xfrmDirections, xfrmPolicyFlags } from '../../../../netlink/families/xfrm/structs.ts';
import type { XfrmPolicyMessage } from '../../../../netlink/families/xfrm/xfrm.ts';
import type { DeviceNames } from '../device-names.ts';
import type { Session } from '../session.ts';
import { lifetimeText } from './lifetime.ts';
import { selectorText } from './selector.ts';
import { binary, flagNamesOf, idText, markText } from './state-describe.ts';
import { addressText, preferredNumber } from './values.ts';

/** The sorts of policies, by number. */
export const policyTypes = ['main', 'sub'] as const;

/** Who else may use a state (XFRM_SHARE_*), by number. */
const shares = ['any', 'session', 'user', 'unique'] as const;

export function writePolicy(session: Session, policy: XfrmPolicyMessage, devices: DeviceNames): void {
  session.output.write(`${policyText(session, policy, devices)}${session.options.oneline ? '\n' : ''}`);
}

/** `indent` is in front of what is within it: where a policy is part of something. */
export function policyText(
  session: Session,
  { header, attributes }: XfrmPolicyMessage,
  devices: DeviceNames,
  indent = '',
): string {
  const statistics = session.options.statistics > 0;
  const newline = session.options.oneline ? '\\' : '\n';
  const { sel, dir, action, index, priority, share, flags } = header;
  const { policyType, secCtx, tmpl = [], ifId } = attributes;
  const view = { deviceName: (device: number) => devices.nameOf(device), withUser: statistics };
  // those of sockets have the same directions behind the three
  const direction = `${dir >= xfrmDirections.length ? 'socket ' : ''}${xfrmDirections[dir % xfrmDirections.length]}`;
  const what = [
    `	dir ${direction} `.replace('dir socket', 'socket'),
    action !== 0 || statistics ? `action ${xfrmActions[action] ?? action} ` : '',
    statistics ? `index ${index} ` : '',
    `priority ${priority} `,
    policyType === undefined ? '' : `ptype ${policyTypes[policyType.type as 0] ?? policyType.type} `,
    statistics ? `share ${shares[share] ?? share} ` : '',
    flags !== 0 || statistics ? `flag ${flagNamesOf(xfrmPolicyFlags, flags)}` : '',
    statistics ? ` ${binary(flags)}` : '',
  ];
  const lines = [selectorText(sel, sel.family || preferredNumber(session), view)];
  if (secCtx !== undefined)
    lines.push(`	security context ${new TextDecoder().decode(secCtx.rest).replace(/\0$/, '')} `);
  lines.push(`${indent}${what.join('')}`);
  const lifetime = statistics ? lifetimeText(header.lft, header.curlft, newline, indent) : '';
  const marks = markText(attributes);
  const rest = marks === '' ? [] : [`	${marks}`];
  rest.push(...tmpl.flatMap((each) => templateLines(each, statistics)).map((line) => `${indent}${line}`));
  if (ifId !== undefined) rest.push(`${indent}	if_id ${ifId === 0 ? '0' : `0x${ifId.toString(16)}`}`);
  const ended = (all: readonly string[]) => all.map((line) => `${line}${newline}`).join('');
  return `${ended(lines)}${lifetime}${ended(rest)}`;
}

type Template = NonNullable<XfrmPolicyMessage['attributes']['tmpl']>[number];

export function templateLines(template: Template, statistics: boolean): string[] {
  const { family, id, saddr, optional, share } = template;
  const level = statistics || optional !== 0 ? `level ${optional === 0 ? 'required' : 'use'} ` : '';
  const shared = statistics ? `share ${shares[share] ?? share} ` : '';
  return [
    `	tmpl src ${addressText(saddr, family)} dst ${addressText(id.daddr, family)}`,
    `		${idText(id, template.reqid, template.mode, statistics)}`,
    ...(level === '' && shared === '' ? [] : [`		${level}${shared}`]),
    ...(statistics ? [`		${masksText(template)}`] : []),
  ];
}

/** Which ciphers will do, one bit each. */
export function masksText(masks: Readonly<Record<'ealgos' | 'aalgos' | 'calgos', number>>): string {
  const mask = (value: number) => value.toString(16).padStart(8, '0');
  return `enc-mask ${mask(masks.ealgos)} auth-mask ${mask(masks.aalgos)} comp-mask ${mask(masks.calgos)}`;
}
