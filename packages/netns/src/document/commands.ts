import { commandIn } from './command-in.ts';
import { linkKind, portKind } from './link-kinds.ts';
import { kindWords } from './sections/kind-words.ts';
import type { LinkEntry } from './sections/links.ts';
import { option, words } from './sections/table-section.ts';

/** How `ip` names a namespace that a device goes into. */
function target(namespace: string): string {
  return namespace === '.' ? '$$' : namespace;
}

const switches = {
  up: ['up', 'down'],
  arp: ['arp on', 'arp off'],
  multicast: ['multicast on', 'multicast off'],
  allMulticast: ['allmulticast on', 'allmulticast off'],
  promiscuous: ['promisc on', 'promisc off'],
} as const;

function settingWords(entry: LinkEntry): string {
  const { mtu, address, alias, group, txQueueLength } = entry;
  return words(
    option('address', address),
    option('mtu', mtu),
    option('txqueuelen', txQueueLength),
    alias === undefined ? undefined : `alias ${JSON.stringify(alias)}`,
    option('group', group),
    ...Object.entries(switches).map(([key, [on, off]]) => {
      const value = entry[key as keyof typeof switches];
      return value === undefined ? undefined : value ? on : off;
    }),
  );
}

function typeWords({ kind, data }: LinkEntry, link?: string): string {
  const { words: own, truths, linkInData } = linkKind(kind);
  return words(`type ${kind}`, ...kindWords(data ?? {}, own, truths), option('dev', linkInData ? link : undefined));
}

export interface LinkToAdd {
  readonly namespace: string;
  readonly name: string;
  readonly entry: LinkEntry;
  readonly peer?: { readonly namespace: string; readonly name: string; readonly entry: LinkEntry };
}

export function addLinkCommand({ namespace, name, entry, peer }: LinkToAdd): string {
  const { master, link, linkNamespace, ...rest } = entry;
  const elsewhere = linkNamespace !== undefined && linkNamespace !== namespace;
  return commandIn(
    linkNamespace ?? namespace,
    words(
      'ip link add',
      link !== undefined && linkKind(entry.kind).linkInData === undefined && `link ${link}`,
      `name ${name}`,
      elsewhere && `netns ${target(namespace)}`,
      settingWords(rest),
      option('master', master),
      typeWords(entry, link),
      peer &&
        words(
          `peer name ${peer.name}`,
          peer.namespace !== namespace && `netns ${target(peer.namespace)}`,
          settingWords(peer.entry),
        ),
    ),
  );
}

/** A change of a link: `master: null` takes it out of what it belongs to. */
export type LinkChange = Omit<LinkEntry, 'master'> & { readonly master?: string | null | undefined };

export function changeLinkCommand(namespace: string, name: string, { master, port, ...change }: LinkChange): string {
  const { kind, data, ...settings } = change;
  return commandIn(
    namespace,
    words(
      `ip link set ${name}`,
      settingWords(settings),
      master === null ? 'nomaster' : option('master', master),
      data === undefined ? undefined : typeWords({ kind, data }),
      port &&
        words(
          `type ${port.kind}_slave`,
          ...kindWords(port.data ?? {}, portKind(port.kind).words, portKind(port.kind).truths),
        ),
    ),
  );
}
