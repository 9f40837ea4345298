import type { xfrmLifetimeConfig, xfrmLifetimeCurrent } from '../../../../netlink/families/xfrm/structs.ts';
import type { Out } from '../../../../wire/shape.ts';
import { momentText } from '../moment.ts';
import { unlimited } from './values.ts';

const limit = (value: bigint) => (value === unlimited ? '(INF)' : String(value));

/** As `ip` writes it; never is a dash. */
export const momentOf = (seconds: bigint) => (seconds === 0n ? '-' : momentText(new Date(Number(seconds) * 1000)));

export function lifetimeText(
  config: Out<typeof xfrmLifetimeConfig>,
  current: Out<typeof xfrmLifetimeCurrent>,
  newline: string,
  indent = '',
): string {
  return [
    '	lifetime config:',
    `	  limit: soft ${limit(config.softByteLimit)}(bytes), hard ${limit(config.hardByteLimit)}(bytes)`,
    `	  limit: soft ${limit(config.softPacketLimit)}(packets), hard ${limit(config.hardPacketLimit)}(packets)`,
    `	  expire add: soft ${config.softAddExpiresSeconds}(sec), hard ${config.hardAddExpiresSeconds}(sec)`,
    `	  expire use: soft ${config.softUseExpiresSeconds}(sec), hard ${config.hardUseExpiresSeconds}(sec)`,
    '	lifetime current:',
    `	  ${current.bytes}(bytes), ${current.packets}(packets)`,
    `	  add ${momentOf(current.addTime)} use ${momentOf(current.useTime)}`,
  ]
    .map((line) => `${indent}${line}${newline}`)
    .join('');
}
