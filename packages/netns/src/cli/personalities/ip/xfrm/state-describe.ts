import { XFRM_OFFLOAD_INBOUND, XFRM_OFFLOAD_PACKET } from '../../../../netlink/families/xfrm/attributes.ts';
import {
  xfrmDirections,
  xfrmEncaps,
  xfrmModes,
  xfrmStateExtraFlags,
  xfrmStateFlags,
} from '../../../../netlink/families/xfrm/structs.ts';
import type { XfrmStateMessage } from '../../../../netlink/families/xfrm/xfrm.ts';
import type { DeviceNames } from '../device-names.ts';
import { hexOf } from '../hex.ts';
import type { Session } from '../session.ts';
import { lifetimeText, momentOf } from './lifetime.ts';
import { selectorText } from './selector.ts';
import { addressText, protocolText } from './values.ts';

type Attributes = XfrmStateMessage['attributes'];

/** How a state is shown. */
export interface Showing {
  /** Keys are not said. */
  readonly hidden: boolean;
  readonly devices: DeviceNames;
}

/** Each line with its end; with `-oneline` one line of all, whose end comes behind. */
export function writeState(session: Session, state: XfrmStateMessage, showing: Showing): void {
  session.output.write(`${stateText(session, state, showing)}${session.options.oneline ? '\n' : ''}`);
}

const afUnspec = 1 << xfrmStateFlags.indexOf('af-unspec');
const hex32 = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
const plainHex = (value: number) => (value === 0 ? '0' : `0x${value.toString(16)}`);
export const flagNamesOf = (names: readonly string[], flags: number) =>
  names.filter((_, bit) => (flags & (1 << bit)) !== 0).join(' ');
/** Eight binary digits behind `0x`: that is how `ip` writes flags. */
export const binary = (flags: number) => `(0x${(flags & 0xff).toString(2).padStart(8, '0')})`;

/** Protocol, number and mode: of a state, and of a template. */
export function idText(
  { spi, proto }: { readonly spi: number; readonly proto: number },
  reqid: number,
  mode: number,
  statistics: boolean,
): string {
  const request = statistics ? `reqid ${reqid}(0x${hex32(reqid)})` : `reqid ${reqid}`;
  return `${numberText({ spi, proto }, statistics)}${request} mode ${xfrmModes[mode] ?? mode}`;
}

/** Protocol and number alone. */
export function numberText({ spi, proto }: { readonly spi: number; readonly proto: number }, statistics: boolean) {
  const number = statistics ? `spi 0x${hex32(spi)}(${spi}) ` : spi === 0 ? '' : `spi 0x${hex32(spi)} `;
  return `proto ${protocolText(proto)} ${number}`;
}

export function markText({ mark, setMark, setMarkMask }: Attributes): string {
  const own = mark === undefined ? '' : `mark ${plainHex(mark.value)}/${plainHex(mark.mask)} `;
  if (setMark === undefined) return own;
  return `${own}output-mark ${plainHex(setMark)}${setMarkMask === undefined ? '' : `/${plainHex(setMarkMask)}`}`;
}

export function stateText(session: Session, { header, attributes }: XfrmStateMessage, showing: Showing): string {
  const statistics = session.options.statistics > 0;
  const lines: string[] = [];
  const { family, id, flags, seq, stats } = header;
  lines.push(`src ${addressText(header.saddr, family)} dst ${addressText(id.daddr, family)}`);
  lines.push(`	${idText(id, header.reqid, header.mode, statistics)}`);
  lines.push(`	replay-window ${header.replayWindow} ${flagsText(flags, seq, attributes, statistics)}`);
  const marks = markText(attributes);
  if (marks !== '') lines.push(`	${marks}`);
  lines.push(...algorithmLines(attributes, showing.hidden, statistics));
  const { encap, coaddr, lastused, saDir, tfcpad, ifId, offloadDev, secCtx } = attributes;
  if (encap !== undefined)
    lines.push(
      `	encap type ${xfrmEncaps[encap.type] ?? encap.type} sport ${encap.sport} dport ${encap.dport} addr ${addressText(encap.oa, family)}`,
    );
  if (coaddr !== undefined) lines.push(`	coa ${addressText(coaddr, family)}`);
  if (lastused !== undefined) lines.push(`	lastused ${momentOf(lastused)}`);
  lines.push(...replayLines(attributes));
  if (secCtx !== undefined)
    lines.push(`	security context ${new TextDecoder().decode(secCtx.rest).replace(/\0$/, '')} `);
  if (offloadDev !== undefined) {
    const direction = (offloadDev.flags & XFRM_OFFLOAD_INBOUND) === 0 ? 'out' : 'in';
    const mode = (offloadDev.flags & XFRM_OFFLOAD_PACKET) === 0 ? 'crypto' : 'packet';
    lines.push(
      `	crypto offload parameters: dev ${showing.devices.nameOf(offloadDev.ifindex)} dir ${direction} mode ${mode}`,
    );
  }
  if (ifId !== undefined) lines.push(`	if_id ${plainHex(ifId)}`);
  if (tfcpad !== undefined) lines.push(`	tfcpad ${tfcpad}`);
  if (saDir !== undefined) lines.push(`	dir ${xfrmDirections[saDir - 1] ?? saDir}`);
  const view = { deviceName: (index: number) => showing.devices.nameOf(index), withUser: statistics };
  // Without a family it is for any, or not settled yet: then it is that of the state.
  if (header.sel.family !== 0 || (flags & afUnspec) === 0)
    lines.push(`	sel ${selectorText(header.sel, header.sel.family || family, view)}`);
  const newline = session.options.oneline ? '\\' : '\n';
  const text = `${lines.join(newline)}${newline}`;
  if (!statistics) return text;
  return `${text}${lifetimeText(header.lft, header.curlft, newline)}${[
    '	stats:',
    `	  replay-window ${stats.replayWindow} replay ${stats.replay} failed ${stats.integrityFailed}`,
    '',
  ].join(newline)}`;
}

function flagsText(flags: number, seq: number, { saExtraFlags = 0 }: Attributes, statistics: boolean): string {
  const names = flagNamesOf(xfrmStateFlags, flags);
  if (!statistics) return flags === 0 ? '' : `flag ${names}`;
  const extra = saExtraFlags === 0 ? '' : `extra_flag ${flagNamesOf(xfrmStateExtraFlags, saExtraFlags)}`;
  // decimal, whatever stands before it
  const sequence = `seq 0x${String(seq).padStart(8, '0')} `;
  return `${sequence}flag ${names}${extra} ${binary(flags)}`;
}

interface Algorithm {
  readonly name: string;
  readonly keyLen: number;
  readonly rest?: Uint8Array;
}

function algorithmLines(attributes: Attributes, hidden: boolean, statistics: boolean): string[] {
  const { algAuth, algAuthTrunc, algAead, algCrypt, algComp } = attributes;
  const line = (sort: string, { name, keyLen, rest = new Uint8Array() }: Algorithm, length?: number) => {
    const key = rest.subarray(0, keyLen >> 3);
    const said = hidden
      ? '<<Keys hidden>>'
      : key.length === 0
        ? ''
        : `0x${hexOf(key)}${statistics ? ` (${keyLen} bits)` : ''}`;
    return `	${sort} ${name} ${said}${length === undefined ? '' : ` ${length}`}`;
  };
  return [
    ...(algAuth !== undefined && algAuthTrunc === undefined ? [line('auth', algAuth)] : []),
    ...(algAuthTrunc === undefined ? [] : [line('auth-trunc', algAuthTrunc, algAuthTrunc.truncLen)]),
    ...(algAead === undefined ? [] : [line('aead', algAead, algAead.icvLen)]),
    ...(algCrypt === undefined ? [] : [line('enc', algCrypt)]),
    ...(algComp === undefined ? [] : [line('comp', algComp)]),
  ];
}

function replayLines({ replayVal, replayEsnVal: esn }: Attributes): string[] {
  if (esn !== undefined) {
    const view = new DataView(Uint8Array.from(esn.rest ?? []).buffer);
    const bitmap = Array.from(
      { length: Math.min(esn.bmpLen, view.byteLength >> 2) },
      (_, at) => `${hex32(view.getUint32(at * 4, true))} `,
    );
    const rows = [];
    for (let at = 0; at < bitmap.length; at += 8) rows.push(`	 ${bitmap.slice(at, at + 8).join('')}`);
    return [
      '	anti-replay esn context:',
      `	 seq-hi 0x${esn.seqHi.toString(16)}, seq 0x${esn.seq.toString(16)}, oseq-hi 0x${esn.oseqHi.toString(16)}, oseq 0x${esn.oseq.toString(16)}`,
      `	 replay_window ${esn.replayWindow}, bitmap-length ${esn.bmpLen}`,
      ...rows,
    ];
  }
  if (replayVal === undefined) return [];
  const { seq, oseq, bitmap } = replayVal;
  return [`	anti-replay context: seq 0x${seq.toString(16)}, oseq 0x${oseq.toString(16)}, bitmap 0x${hex32(bitmap)}`];
}
