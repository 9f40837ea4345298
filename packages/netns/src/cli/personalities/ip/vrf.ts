import { invalidArgument } from './exit.ts';

/** What can look a link up by its name. */
interface Links<Data> {
  named(name: string):
    | {
        readonly header: { readonly index: number };
        readonly attributes: { readonly linkinfo?: Info<Data> | undefined };
      }
    | undefined;
}

interface Info<Data> {
  readonly kind?: string | undefined;
  readonly data?: Data | undefined;
}

/** The link of a VRF, and the number of its routing table. Throws Exit for a link that is none, too. */
export function vrfNamed<Data>(links: Links<Data>, name: string, reason = 'Invalid VRF\n') {
  const link = links.named(name);
  const info = link?.attributes.linkinfo;
  const { table } = (info?.data ?? {}) as { readonly table?: number };
  if (link === undefined || info?.kind !== 'vrf' || table === undefined) throw invalidArgument(name, reason);
  return { index: link.header.index, table };
}
