import type { qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { bit, bytesPerSecond, fromMicroseconds, isSet, type SettingsOf, toMicroseconds } from './kind.ts';

type Wire = typeof qdiscKinds.cake;

/** How packets are sorted by their type of service, by number. */
export const cakeDiffserv = ['diffserv3', 'diffserv4', 'diffserv8', 'besteffort', 'precedence'] as const;
/** Between whom it is fair, by number. */
export const cakeFlows = [
  'flowblind',
  'srchost',
  'dsthost',
  'hosts',
  'flows',
  'dual-srchost',
  'dual-dsthost',
  'triple-isolate',
] as const;
export const cakeAckFilters = ['no-ack-filter', 'ack-filter', 'ack-filter-aggressive'] as const;
export const cakeCells = ['noatm', 'atm', 'ptm'] as const;

/** A shaper for the line to the Internet that keeps delays low, with little to set. */
export interface CakeOptions {
  /** Bits per second. Default: as fast as the device. */
  readonly bandwidth?: number | undefined;
  readonly diffserv?: (typeof cakeDiffserv)[number] | undefined;
  readonly flows?: (typeof cakeFlows)[number] | undefined;
  /** The typical round trip, in milliseconds. Default: 100. */
  readonly roundTrip?: number | undefined;
  /** Bytes that each packet takes more on the line. */
  readonly overhead?: number | undefined;
  readonly minimumPacket?: number | undefined;
  readonly cells?: (typeof cakeCells)[number] | undefined;
  readonly memoryLimit?: number | undefined;
  /** Looks behind address translation. */
  readonly nat?: boolean | undefined;
  /** Clears the type of service. */
  readonly wash?: boolean | undefined;
  /** It shapes what comes in. */
  readonly ingress?: boolean | undefined;
  readonly autorateIngress?: boolean | undefined;
  readonly ackFilter?: (typeof cakeAckFilters)[number] | undefined;
  readonly splitGso?: boolean | undefined;
  /** Sorts by these bits of the firewall mark. */
  readonly markMask?: number | undefined;
}

const at = (names: readonly string[], name: string | undefined) =>
  name === undefined ? undefined : names.indexOf(name);

export const cake: SettingsOf<CakeOptions, In<Wire>, Out<Wire>> = {
  encode: (options) => ({
    baseRate64:
      options.bandwidth === undefined ? undefined : BigInt(bytesPerSecond(options.bandwidth, 'options.bandwidth')),
    diffservMode: at(cakeDiffserv, options.diffserv),
    atm: at(cakeCells, options.cells),
    flowMode: at(cakeFlows, options.flows),
    overhead: options.overhead,
    mpu: options.minimumPacket,
    rtt: toMicroseconds(options.roundTrip, 'options.roundTrip'),
    target: options.roundTrip === undefined ? undefined : Math.max(Math.trunc((options.roundTrip * 1000) / 20), 1),
    autorate: bit(options.autorateIngress),
    memory: options.memoryLimit,
    fwmark: options.markMask,
    nat: bit(options.nat),
    wash: bit(options.wash),
    splitGso: bit(options.splitGso),
    ingress: bit(options.ingress),
    ackFilter: at(cakeAckFilters, options.ackFilter),
  }),
  decode: (seen) => ({
    bandwidth: seen.baseRate64 ? Number(seen.baseRate64) * 8 : undefined,
    diffserv: cakeDiffserv[seen.diffservMode ?? -1],
    flows: cakeFlows[seen.flowMode ?? -1],
    roundTrip: fromMicroseconds(seen.rtt),
    overhead: seen.overhead || undefined,
    minimumPacket: seen.mpu || undefined,
    cells: cakeCells[seen.atm ?? -1],
    memoryLimit: seen.memory || undefined,
    nat: isSet(seen.nat),
    wash: isSet(seen.wash),
    ingress: isSet(seen.ingress),
    autorateIngress: isSet(seen.autorate),
    ackFilter: cakeAckFilters[seen.ackFilter ?? -1],
    splitGso: isSet(seen.splitGso),
    markMask: seen.fwmark || undefined,
  }),
};
