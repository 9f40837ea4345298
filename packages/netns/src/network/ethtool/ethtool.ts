import { GenericConnection } from '../../connection/generic.ts';
import { InvalidArgumentError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import { ethtoolChannels } from '../../netlink/families/generic/ethtool/channels.ts';
import { ethtoolCoalesce } from '../../netlink/families/generic/ethtool/coalesce.ts';
import { ethtoolFeatures } from '../../netlink/families/generic/ethtool/features.ts';
import { ethtoolLinkInfo } from '../../netlink/families/generic/ethtool/link-info.ts';
import { ethtoolLinkModes } from '../../netlink/families/generic/ethtool/link-modes.ts';
import { ethtoolLinkState } from '../../netlink/families/generic/ethtool/link-state.ts';
import { ethtoolPause } from '../../netlink/families/generic/ethtool/pause.ts';
import { ethtoolRings } from '../../netlink/families/generic/ethtool/rings.ts';
import { ethtoolStrings } from '../../netlink/families/generic/ethtool/strings.ts';
import { ethtoolTimestamping } from '../../netlink/families/generic/ethtool/timestamping.ts';
import type { In, Out } from '../../wire/shape.ts';
import { type Feature, featuresOf } from './features.ts';
import { bitNames, type LinkMode, linkModeOf } from './link-mode.ts';

type Attributes<D> = Omit<(Out<D> & { readonly attributes: object })['attributes'], 'header' | 'unknown'>;
type Changes<D> = Omit<NonNullable<(In<D> & { readonly attributes?: object })['attributes']>, 'header' | 'unknown'>;
type Simple = typeof ethtoolRings | typeof ethtoolChannels | typeof ethtoolCoalesce | typeof ethtoolPause;

/** How many packets wait in the rings of a device (`rx`, `tx`), and how many may (`rxMax`, `txMax`). */
export type Rings = Attributes<typeof ethtoolRings>;
/** How many queues of each sort are used (`rxCount`, `combinedCount`), and how many there can be. */
export type Channels = Attributes<typeof ethtoolChannels>;
/** How long a device gathers packets before it interrupts; times in microseconds. */
export type Coalesce = Attributes<typeof ethtoolCoalesce>;
/** Whether a device asks the other side to pause, and obeys when it is asked. */
export type Pause = Attributes<typeof ethtoolPause>;

/** Which packets a device can stamp with the time. */
export interface Timestamping {
  /** `software-transmit`, `hardware-receive`, … */
  readonly capabilities: readonly string[];
  readonly transmitTypes: readonly string[];
  readonly receiveFilters: readonly string[];
  /** Of the clock `/dev/ptpN`; undefined: it has none. */
  readonly clock: number | undefined;
}

/** ETH_SS_* (`linux/ethtool.h`): which names are meant. */
const stringSets = {
  selfTest: 0,
  statistics: 1,
  privateFlags: 2,
  features: 4,
  linkModes: 9,
  messageLevels: 10,
  wakeOnLan: 11,
} as const;

/**
 * What the hardware of a device, or its driver, does and can: offloads, rings, queues, speed. `ethtool DEV`.
 *
 *     await ns.network.ethtool.setFeatures('eth0', { 'tx-tcp-segmentation': false });
 *
 * Devices are named by name or index. Every method rejects with NetlinkError: ENODEV (there is no such device), EOPNOTSUPP (its driver does
 * not have this), EPERM (a change takes CAP_NET_ADMIN in there), EINVAL with the reason; UnsupportedError before Linux 5.6. Numbers mean what
 * ethtool(8) says of them; source: `Documentation/networking/ethtool-netlink.rst`.
 */
export class Ethtool implements Disposable {
  readonly #namespace: Fd | undefined;
  #opened: GenericConnection | undefined;

  constructor(namespace: Fd | undefined) {
    this.#namespace = namespace;
  }

  /** What a device does by itself (offloads), by the kernel's names. `ethtool -k DEV`. Linux 5.8. */
  async features(device: string | number): Promise<Feature[]> {
    const operation = `read the features of ${device}`;
    const [answer] = await this.#connection.request(
      ethtoolFeatures,
      'get',
      { header: headerOf(device) },
      { operation },
    );
    return answer === undefined ? [] : featuresOf(answer.attributes);
  }

  /**
   * Switches features, by the kernel's names: `{ 'rx-gro': false }`. `ethtool -K DEV …`. Gives the names of those that are now otherwise than
   * asked for: what depends on something else, or cannot be switched, is no error to the kernel. Linux 5.8.
   */
  async setFeatures(device: string | number, wanted: Readonly<Record<string, boolean>>): Promise<string[]> {
    const operation = `set features of ${device}`;
    const bits = Object.entries(wanted).map(([name, value]) => ({ name, value }));
    const attributes = { header: headerOf(device), wanted: { bits } };
    await this.#connection.request(ethtoolFeatures, 'set', attributes, { operation });
    const now = new Map((await this.features(device)).map(({ name, active }) => [name, active]));
    return Object.keys(wanted).filter((name) => now.get(name) !== wanted[name]);
  }

  /** `ethtool -g DEV`. Linux 5.8. */
  rings(device: string | number): Promise<Rings> {
    return this.#get(ethtoolRings, device, 'rings');
  }

  /** `ethtool -G DEV rx N`. Linux 5.8. */
  setRings(device: string | number, changes: Changes<typeof ethtoolRings>): Promise<void> {
    return this.#set(ethtoolRings, device, changes, 'rings');
  }

  /** `ethtool -l DEV`. Linux 5.8. */
  channels(device: string | number): Promise<Channels> {
    return this.#get(ethtoolChannels, device, 'channels');
  }

  /** `ethtool -L DEV combined N`. Linux 5.8. */
  setChannels(device: string | number, changes: Changes<typeof ethtoolChannels>): Promise<void> {
    return this.#set(ethtoolChannels, device, changes, 'channels');
  }

  /** `ethtool -c DEV`. Linux 5.8. */
  coalesce(device: string | number): Promise<Coalesce> {
    return this.#get(ethtoolCoalesce, device, 'coalescing');
  }

  /** `ethtool -C DEV rx-usecs N`. Linux 5.8. */
  setCoalesce(device: string | number, changes: Changes<typeof ethtoolCoalesce>): Promise<void> {
    return this.#set(ethtoolCoalesce, device, changes, 'coalescing');
  }

  /** `ethtool -a DEV`. Linux 5.8. */
  pause(device: string | number): Promise<Pause> {
    return this.#get(ethtoolPause, device, 'pause frames');
  }

  /** `ethtool -A DEV rx on`. Linux 5.8. */
  setPause(device: string | number, changes: Changes<typeof ethtoolPause>): Promise<void> {
    return this.#set(ethtoolPause, device, changes, 'pause frames');
  }

  /** Speed, duplex, port, whether there is a link, and what both sides can. `ethtool DEV`. Linux 5.6. */
  async link(device: string | number): Promise<LinkMode> {
    const options = { operation: `read the link mode of ${device}` };
    const asked = { header: headerOf(device) };
    const [modes] = await this.#connection.request(ethtoolLinkModes, 'get', asked, options);
    const [info] = await this.#connection.request(ethtoolLinkInfo, 'get', asked, options);
    const [state] = await this.#connection.request(ethtoolLinkState, 'get', asked, options);
    return linkModeOf(modes?.attributes ?? {}, info?.attributes ?? {}, state?.attributes ?? {});
  }

  /** Sets speed (Mbit/s), duplex or autonegotiation. `ethtool -s DEV speed N duplex full autoneg off`. Linux 5.6. */
  async setLink(
    device: string | number,
    changes: {
      readonly speed?: number | undefined;
      readonly duplex?: 'half' | 'full' | undefined;
      readonly autoneg?: boolean | undefined;
    },
  ): Promise<void> {
    const { speed, duplex, autoneg } = changes;
    const attributes = { speed, autoneg, duplex: duplex === undefined ? undefined : duplex === 'full' ? 1 : 0 };
    await this.#connection.request(
      ethtoolLinkModes,
      'set',
      { header: headerOf(device), ...attributes },
      { operation: `set the link mode of ${device}` },
    );
  }

  /** `ethtool -T DEV`. Linux 5.8. */
  async timestamping(device: string | number): Promise<Timestamping> {
    const operation = `read what ${device} stamps with the time`;
    const [answer] = await this.#connection.request(
      ethtoolTimestamping,
      'get',
      { header: headerOf(device) },
      { operation },
    );
    const { timestamping, txTypes, rxFilters, phcIndex } = answer?.attributes ?? {};
    return {
      capabilities: bitNames(timestamping),
      transmitTypes: bitNames(txTypes),
      receiveFilters: bitNames(rxFilters),
      clock: phcIndex,
    };
  }

  /** The names that belong to numbers: of what a driver counts (`statistics`), of its own switches (`privateFlags`), of all link modes. Linux 5.6. */
  async strings(device: string | number, set: keyof typeof stringSets): Promise<string[]> {
    if (!Object.hasOwn(stringSets, set))
      throw new InvalidArgumentError('set', set, `it must be one of ${Object.keys(stringSets).join(', ')}`);
    const id = stringSets[set];
    const [answer] = await this.#connection.request(
      ethtoolStrings,
      'get',
      { header: headerOf(device), stringsets: [{ id }] },
      { operation: `read the names of ${set} of ${device}` },
    );
    const found = answer?.attributes.stringsets?.find((each) => each.id === id);
    return (found?.strings ?? []).map(({ value }) => value ?? '');
  }

  close(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #get<D extends Simple>(declaration: D, device: string | number, what: string): Promise<Attributes<D>> {
    const asked = { header: headerOf(device) } as never; // all of them begin with the device
    const [answer] = await this.#connection.request(declaration, 'get', asked, {
      operation: `read ${what} of ${device}`,
    });
    const { header: _, ...attributes } = (answer as { readonly attributes: { readonly header?: unknown } }).attributes;
    return attributes as Attributes<D>;
  }

  async #set<D extends Simple>(declaration: D, device: string | number, changes: object, what: string): Promise<void> {
    const attributes = { header: headerOf(device), ...changes } as never;
    await this.#connection.request(declaration, 'set', attributes, { operation: `set ${what} of ${device}` });
  }

  /** Most networks are never asked about their hardware. */
  get #connection(): GenericConnection {
    this.#opened ??= new GenericConnection({ namespace: this.#namespace });
    return this.#opened;
  }
}

function headerOf(device: string | number): { readonly devName?: string; readonly devIndex?: number } {
  if (typeof device === 'string' && device !== '') return { devName: device };
  if (typeof device === 'number' && Number.isInteger(device) && device > 0) return { devIndex: device };
  throw new InvalidArgumentError('device', device, 'it must be the name or the index of a device');
}
