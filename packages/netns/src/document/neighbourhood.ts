import type { Link } from '../network/links.ts';
import type { NetworkDocument } from './document.ts';
import type { Networks } from './networks.ts';

/** What a link is tied to in another namespace: by name. */
export interface Tie {
  readonly namespace: string;
  readonly link: string;
}

/** The device that another one is made on, or the other end of a veth; some kinds say it only among their own attributes. */
export function indexBelow({ link, message }: Link): number | undefined {
  const { linkinfo } = message.attributes;
  const data = linkinfo && 'data' in linkinfo ? (linkinfo.data as { readonly link?: number } | undefined) : undefined;
  return link || data?.link || undefined;
}

/**
 * Finds out which devices of which namespaces belong together. The kernel says of the other end of a veth an index there, and a number for
 * the namespace that only the asking namespace has.
 */
export class Neighbourhood {
  readonly #networks: Networks;
  readonly #expected: NetworkDocument | undefined;
  readonly #byIndex = new Map<string, ReadonlyMap<number, Link>>();
  readonly #nsids = new Map<string, Promise<number>>();
  readonly #found = new Map<Link, Tie>();

  /** `expected`: where to look first. */
  constructor(networks: Networks, links: ReadonlyMap<string, readonly Link[]>, expected?: NetworkDocument) {
    this.#networks = networks;
    this.#expected = expected;
    for (const [namespace, list] of links)
      this.#byIndex.set(namespace, new Map(list.map((link) => [link.index, link])));
  }

  /** The device that another one is made on, or the other end of a veth. Undefined: it is in none of these namespaces. */
  async of(namespace: string, link: Link): Promise<Tie | undefined> {
    const known = this.#found.get(link);
    if (known !== undefined) return known;
    const index = indexBelow(link);
    if (index === undefined) return undefined;
    const elsewhere = await this.#namespaceOf(namespace, link);
    const other = elsewhere === undefined ? undefined : this.#byIndex.get(elsewhere)?.get(index);
    if (elsewhere === undefined || other === undefined) return undefined;
    if (other.link === link.index && other.kind === link.kind) this.#found.set(other, { namespace, link: link.name });
    return { namespace: elsewhere, link: other.name };
  }

  async #namespaceOf(namespace: string, link: Link): Promise<string | undefined> {
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

  async #candidates(namespace: string, link: Link): Promise<string[]> {
    const index = indexBelow(link) ?? 0;
    let possible = [...this.#byIndex.keys()].filter((name) => this.#mayBeIn(name, namespace, link));
    // Where all namespaces look alike, the hardware address tells them apart: one question instead of hundreds.
    if (possible.length > 4) {
      const address = await this.#addressThere(namespace, link.linkNetnsid, index);
      possible = possible.filter((name) => this.#byIndex.get(name)?.get(index)?.address === address);
    }
    return possible;
  }

  /** Whether what a link of one namespace is tied to may be in another one, by the indexes. */
  #mayBeIn(name: string, namespace: string, link: Link): boolean {
    const other = this.#byIndex.get(name)?.get(indexBelow(link) ?? 0);
    return other !== undefined && name !== namespace && (link.kind !== 'veth' || other.link === link.index);
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
