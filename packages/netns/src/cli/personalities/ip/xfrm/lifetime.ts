import type { xfrmLifetimeConfig, xfrmLifetimeCurrent } from '../../../../netlink/families/xfrm/structs.ts';
import type { Out } from '../../../../wire/shape.ts';
import { unlimited } from './values.ts';

const limit = (value: bigint) => (value === unlimited ? '(INF)' : String(value));

/** A moment in the time of this place, as `ip` writes it; never is a dash. */
export function momentText(seconds: bigint): string {
  if (seconds === 0n) return '-';
  const date = new Date(Number(seconds) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

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
    `	  add ${momentText(current.addTime)} use ${momentText(current.useTime)}`,
  ]
    .map((line) => `${indent}${line}${newline}`)
    .join('');
}
