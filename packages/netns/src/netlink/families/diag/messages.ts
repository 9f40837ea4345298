import { Declarations } from '../../declarations.ts';
import { inetSocket, inetSocketDestroy, inetSocketOfBothFamilies, mptcpSocket, sctpSocket } from './inet.ts';
import { netlinkSocket } from './netlink.ts';
import { packetSocket } from './packet.ts';
import { unixSocket } from './unix.ts';
import { vsockSocket } from './vsock.ts';
import { xdpSocket } from './xdp.ts';

/** Sockets. */
export const socketMessages = new Declarations([
  inetSocket.sent,
  inetSocket.received,
  inetSocketOfBothFamilies.sent,
  inetSocketDestroy,
  mptcpSocket.received,
  sctpSocket.received,
  unixSocket.sent,
  unixSocket.received,
  packetSocket.sent,
  packetSocket.received,
  netlinkSocket.sent,
  netlinkSocket.received,
  vsockSocket.sent,
  vsockSocket.received,
  xdpSocket.sent,
  xdpSocket.received,
]);
