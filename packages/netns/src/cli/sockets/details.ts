import type { TcpInfo } from '../../netlink/families/diag/inet.ts';
import { tcpCaStates, tcpOptions } from '../../netlink/families/diag/tcp-info.ts';
import type { InetSocket, Socket } from '../../network/sockets/socket.ts';
import { flagNames, nameOf } from '../../wire/names.ts';

/** What of a socket is to be shown beside the common columns. */
export interface DetailOptions {
  readonly info?: true;
  readonly memory?: true;
  readonly extended?: true;
  readonly timers?: true;
}

/** Everything else about a socket, in `ss`'s words. */
export function detailsOf(socket: Socket, options: DetailOptions, userNames: ReadonlyMap<number, string>): string {
  return [
    ...(options.timers ? timer(socket) : []),
    ...(options.extended ? extended(socket, userNames) : []),
    ...(options.memory ? memory(socket) : []),
    ...(options.info ? info(socket) : []),
  ].join(' ');
}

function timer(socket: Socket): string[] {
  if (!('timer' in socket) || socket.timer === undefined) return [];
  const { name, expires, retransmits } = socket.timer;
  return [`timer:(${name},${duration(expires)},${retransmits})`];
}

/** `20sec`, `1min5sec`, `200ms`. */
function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes > 0) return `${minutes}min${seconds % 60 > 0 ? `${seconds % 60}sec` : ''}`;
  return seconds > 9 ? `${seconds}sec` : seconds > 0 ? `${(milliseconds / 1000).toFixed(1)}sec` : `${milliseconds}ms`;
}

function extended(socket: Socket, userNames: ReadonlyMap<number, string>): string[] {
  const { uid, inode, cookie, cgroup, shutdown } = socket;
  return [
    ...(uid ? [`uid:${userNames.get(uid) ?? uid}`] : []),
    `ino:${inode}`,
    ...(cookie === undefined ? [] : [`sk:${cookie.toString(16)}`]),
    ...(cgroup === undefined ? [] : [`cgroup:${cgroup.path ?? `unreachable:${cgroup.id.toString(16)}`}`]),
    ...('mark' in socket && socket.mark ? [`fwmark:0x${socket.mark.toString(16)}`] : []),
    ...('v6only' in socket && socket.v6only !== undefined ? [`v6only:${socket.v6only ? 1 : 0}`] : []),
    ...(shutdown.length > 0 ? [`shutdown:${shutdown.join('+')}`] : []),
    ...(socket.kind === 'netlink' && socket.groups.length > 0 ? [`groups:${socket.groups.join(',')}`] : []),
  ];
}

function memory({ memory }: Socket): string[] {
  if (memory === undefined) return [];
  const { rmemAlloc, rcvbuf, wmemAlloc, sndbuf, fwdAlloc, wmemQueued, optmem, backlog, drops } = memory;
  const parts = [
    `r${rmemAlloc}`,
    `rb${rcvbuf}`,
    `t${wmemAlloc}`,
    `tb${sndbuf}`,
    `f${fwdAlloc}`,
    `w${wmemQueued}`,
    `o${optmem}`,
    `bl${backlog}`,
    ...(drops === undefined ? [] : [`d${drops}`]),
  ];
  return [`skmem:(${parts.join(',')})`];
}

function info(socket: Socket): string[] {
  const tcp = tcpInfoOf(socket);
  if (tcp === undefined) return 'congestion' in socket && socket.congestion ? [socket.congestion] : [];
  const { congestion } = socket as InetSocket;
  return [
    ...flagNames(tcpOptions, tcp.options).filter((name) => name !== 'wscale'),
    ...(congestion === undefined ? [] : [congestion]),
    ...(tcp.wscale === 0 ? [] : [`wscale:${tcp.wscale & 15},${tcp.wscale >> 4}`]),
    ...(tcp.caState === 0 ? [] : [`ca_state:${nameOf(tcpCaStates, tcp.caState)}`]),
    ...field('rto', tcp.rto / 1000),
    ...field('backoff', tcp.backoff),
    ...(tcp.rtt === 0 ? [] : [`rtt:${milli(tcp.rtt)}/${milli(tcp.rttvar)}`]),
    ...field('ato', tcp.ato / 1000),
    ...field('mss', tcp.sndMss),
    ...field('pmtu', tcp.pmtu),
    ...field('rcvmss', tcp.rcvMss),
    ...field('advmss', tcp.advmss),
    ...field('cwnd', tcp.sndCwnd),
    ...(tcp.sndSsthresh < 0xffff ? field('ssthresh', tcp.sndSsthresh) : []),
    ...field('bytes_sent', tcp.bytesSent),
    ...field('bytes_retrans', tcp.bytesRetrans),
    ...field('bytes_acked', tcp.bytesAcked),
    ...field('bytes_received', tcp.bytesReceived),
    ...field('segs_out', tcp.segsOut),
    ...field('segs_in', tcp.segsIn),
    ...field('data_segs_out', tcp.dataSegsOut),
    ...field('data_segs_in', tcp.dataSegsIn),
    ...field('lastsnd', tcp.lastDataSent),
    ...field('lastrcv', tcp.lastDataRecv),
    ...field('lastack', tcp.lastAckRecv),
    ...field('delivered', tcp.delivered),
    ...field('unacked', tcp.unacked),
    ...(tcp.retrans > 0 || tcp.totalRetrans > 0 ? [`retrans:${tcp.retrans}/${tcp.totalRetrans}`] : []),
    ...field('lost', tcp.lost),
    ...field('sacked', tcp.state === 10 ? 0 : tcp.sacked),
    ...field('notsent', tcp.notsentBytes),
    ...(tcp.minRtt === undefined || tcp.minRtt === 0xffffffff || tcp.minRtt === 0
      ? []
      : [`minrtt:${milli(tcp.minRtt)}`]),
    ...field('snd_wnd', tcp.sndWnd),
    ...field('rcv_wnd', tcp.rcvWnd),
  ];
}

/** What TCP knows of a connection; other protocols have other structures there. */
export function tcpInfoOf(socket: Socket): TcpInfo | undefined {
  if (socket.kind !== 'tcp' && socket.kind !== 'dccp') return undefined;
  return socket.message?.attributes.info as TcpInfo | undefined;
}

function field(name: string, value: number | bigint | undefined): string[] {
  return value === undefined || value === 0 || value === 0n ? [] : [`${name}:${value}`];
}

/** Microseconds as milliseconds. */
function milli(microseconds: number): number {
  return microseconds / 1000;
}
