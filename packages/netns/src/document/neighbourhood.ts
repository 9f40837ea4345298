import type { Link } from '../network/links.ts';
import type { NetworkDocument } from './document.ts';
import type { Networks } from './networks.ts';

/** What a link is tied to in another namespace: by name. */
export interface Tie {
  readonly namespace: string;
  readonly link: string;
}

/** What has to be known of a link to find out which others it belongs to. All that the kernel says of it is much more. */
export interface Device extends Pick<Link, 'index' | 'name' | 'loopback' | 'kind' | 'address' | 'linkNetnsid'> {
  /** The index of the device that it is made on, or of the other end of a veth. */
  readonly below: number | undefined;
}

export function deviceOf(link: Link): Device {
  const { index, name, loopback, kind, address, linkNetnsid } = link;
  return { index, name, loopback, kind, address, linkNetnsid, below: indexBelow(link) };
}

/** Some kinds say it only among their own attributes. */
function indexBelow({ link, message }: Link): number | undefined {
  const { linkinfo } = message.attributes;
  const data = linkinfo && 'data' in linkinfo ? (linkinfo.data as { readonly link?: number } | undefined) : undefined;
  return link || data?.link || undefined;
}

/** Whether it has an other end, instead of a device that it is made on. */
export function isTwoEnded({ kind }: Pick<Device, 'kind'>): boolean {
  return kind === 'veth' || kind === 'vxcan' || kind === 'netkit';
}

/**
 * Finds out which devices of which namespaces belong together. The kernel says of the other end of a veth an index there, and a number for
 * the namespace that only the asking namespace has.
 */
export class Neighbourhood {
  readonly #networks: Networks;
  readonly #expected: NetworkDocument | undefined;
  readonly #byIndex = new Map<string, ReadonlyMap<number, Device>>();
  readonly #nsids = new Map<string, Promise<number>>();
  readonly #found = new Map<Device, Tie>();

  /** `expected`: where to look first. */
  constructor(networks: Networks, devices: ReadonlyMap<string, readonly Device[]>, expected?: NetworkDocument) {
    this.#networks = networks;
    this.#expected = expected;
    for (const [namespace, list] of devices)
      this.#byIndex.set(namespace, new Map(list.map((device) => [device.index, device])));
  }

  /** The device that another one is made on, or the other end of a veth. Undefined: it is in none of these namespaces. */
  async of(namespace: string, device: Device): Promise<Tie | undefined> {
    const known = this.#found.get(device);
    if (known !== undefined) return known;
    const { below, index, kind, name } = device;
    if (below === undefined) return undefined;
    const elsewhere = await this.#namespaceOf(namespace, device);
    const other = elsewhere === undefined ? undefined : this.#byIndex.get(elsewhere)?.get(below);
    if (elsewhere === undefined || other === undefined) return undefined;
    // Only of a veth the other end says the same back: of what is made on another device, equal indexes mean nothing.
    if (isTwoEnded(device) && other.below === index && other.kind === kind)
      this.#found.set(other, { namespace, link: name });
    return { namespace: elsewhere, link: other.name };
  }

  async #namespaceOf(namespace: string, link: Device): Promise<string | undefined> {
    if (link.linkNetnsid === undefined) return namespace;
    const want = this.#expected?.namespaces[namespace]?.links?.[link.name];
    const told = want?.peer?.namespace ?? want?.linkNamespace;
    // All others are looked at only where it is not as expected: with many namespaces they are many.
    if (told !== undefined && this.#mayBeIn(told, namespace, link)) {
      if ((await this.#nsid(namespace, told)) === link.linkNetnsid) return told;
    }
    for (const candidate of await this.#candidates(namespace, link)) {
      if ((await this.#nsid(namespace, candidate)) === link.linkNetnsid) return candidate;
    }
    return undefined;
  }

  async #candidates(namespace: string, link: Device): Promise<string[]> {
    const index = link.below ?? 0;
    let possible = [...this.#byIndex.keys()].filter((name) => this.#mayBeIn(name, namespace, link));
    // Where all namespaces look alike, the hardware address tells them apart: one question instead of hundreds.
    if (possible.length > 4) {
      const address = await this.#addressThere(namespace, link.linkNetnsid, index);
      possible = possible.filter((name) => this.#byIndex.get(name)?.get(index)?.address === address);
    }
    return possible;
  }

  /** Whether what a link of one namespace is tied to may be in another one, by the indexes. */
  #mayBeIn(name: string, namespace: string, link: Device): boolean {
    const other = this.#byIndex.get(name)?.get(link.below ?? 0);
    return other !== undefined && name !== namespace && (!isTwoEnded(link) || other.below === link.index);
  }

  async #addressThere(namespace: string, targetNsid: number | undefined, index: number): Promise<string | undefined> {
    const other = await this.#networks.network(namespace).links.get(index, { targetNsid });
    return other.address;
  }

  #nsid(from: string, to: string): Promise<number> {
    const key = `${from}/${to}`;
    let nsid = this.#nsids.get(key);
    if (nsid === undefined) {
      const { fd } = this.#networks.namespace(to);
      nsid = this.#networks
        .network(from)
        .nsids.get({ fd })
        .then((entry) => entry.nsid);
      this.#nsids.set(key, nsid);
    }
    return nsid;
  }
}
