/**
 * Netlink for those who need a message that the library has no method for: declare it once, and get its type, encoder and decoders;
 * send it over a connection that lives in any network namespace.
 *
 * @packageDocumentation
 */
export { type ConnectionOptions, NetlinkConnection, type RequestOptions } from './connection/connection.ts';
export type { DumpResult } from './connection/conversation.ts';
export type { Declaration } from './connection/declaration.ts';
export { type NetlinkEvent, type SubscribeOptions, subscribe } from './connection/subscribe.ts';
export { type Datagram, NetlinkSocket, type SocketOptions, type Transport } from './connection/transport.ts';
export { catalogue, declarationOf, type KnownMessage, messageTypeName } from './netlink/catalogue.ts';
export { describeMessage } from './netlink/describe.ts';
export * from './netlink/families/route/address.ts';
export * from './netlink/families/route/link.ts';
export * from './netlink/families/route/nsid.ts';
export * from './netlink/header.ts';
export { attrs, byKind, nested, pair, prefixed, repeated } from './wire/attributes.ts';
export { bytes } from './wire/bytes.ts';
export * from './wire/integers.ts';
export { ipAddress } from './wire/ip-address.ts';
export { macAddress } from './wire/mac-address.ts';
export { message } from './wire/message.ts';
export { flags, named } from './wire/names.ts';
export type { In, Out } from './wire/shape.ts';
export { pad, struct } from './wire/struct.ts';
export { str } from './wire/text.ts';
