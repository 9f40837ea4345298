import type { NetlinkConnection } from '../connection/connection.ts';
import { wayOf } from '../namespaces/reference.ts';
import type { Fd } from '../native/fd.ts';
import { NSID_NOT_ASSIGNED, type NsidMessage, nsid } from '../netlink/families/route/nsid.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { onlyWords } from './words.ts';

/** What one network namespace calls another. */
export interface NsidEntry {
  /** The number; -1 if the other namespace has none (NETNSA_NSID_NOT_ASSIGNED). */
  readonly nsid: number;
  /** With `targetNsid`: what the asking namespace itself calls it. */
  readonly currentNsid: number | undefined;
}

/** Which namespace is meant: by an open descriptor, a process in it, or the number that the asking namespace has for it. */
export type NsidSubject = { readonly fd: Fd } | { readonly pid: number } | { readonly nsid: number };

/** Whose numbers are meant, where they are not this namespace's own. */
export interface NsidOptions {
  /** Ask for the numbers of another namespace: the one that this namespace calls so. Linux 5.0. */
  readonly targetNsid?: number | undefined;
}

const checkOptions = onlyWords<NsidOptions>({ targetNsid: true });

/**
 * The numbers ("nsid") that this network namespace has for other ones. The kernel uses them in messages that speak of another
 * namespace: a veth whose other end is elsewhere, say. They mean nothing outside this namespace.
 */
export class Nsids {
  readonly #connection: NetlinkConnection;

  constructor(connection: NetlinkConnection) {
    this.#connection = connection;
  }

  /** All numbers that are given. `ip netns list-id`. Throws NetlinkError EINVAL for an unknown `targetNsid`. RTM_GETNSID, Linux 4.0. */
  async list(options: NsidOptions = {}): Promise<Snapshot<NsidEntry>> {
    checkOptions(options);
    const { messages, interrupted } = await this.#connection.dump(
      nsid,
      { attributes: { targetNsid: options.targetNsid } },
      { operation: 'list the ids of network namespaces' },
    );
    return snapshot(messages.map(nsidEntryOf), interrupted);
  }

  /**
   * The number of one namespace; -1 if it has none. `ip netns list-id nsid N` when asked by number (which can only be
   * answered, by an error, if there is no such namespace, or translated with `targetNsid`).
   *
   * Throws NetlinkError EINVAL: the file is no network namespace, or the number is not given.
   */
  async get(subject: NsidSubject, options: NsidOptions = {}): Promise<NsidEntry> {
    checkOptions(options);
    const answers = await this.#connection.request(
      nsid,
      'get',
      { attributes: { ...attributesOf(subject), targetNsid: options.targetNsid } },
      { operation: `find the id of ${describeSubject(subject)}`, together: true },
    );
    return answers[0] ? nsidEntryOf(answers[0]) : { nsid: NSID_NOT_ASSIGNED, currentNsid: undefined };
  }

  /**
   * Gives a namespace a number here, for ever: it cannot be changed or taken back. `ip netns set NAME N|auto`.
   *
   * `'auto'` takes the lowest free one. Throws NetlinkError EEXIST (it has one already, or the number is given), EPERM without
   * CAP_NET_ADMIN in this namespace. RTM_NEWNSID, Linux 4.0.
   */
  async assign(
    subject: { readonly fd: Fd } | { readonly pid: number },
    number: number | 'auto' = 'auto',
  ): Promise<void> {
    await this.#connection.request(
      nsid,
      'new',
      { attributes: { ...attributesOf(subject), nsid: number === 'auto' ? NSID_NOT_ASSIGNED : number } },
      { operation: `give ${describeSubject(subject)} the id ${number}` },
    );
  }
}

function attributesOf(subject: NsidSubject): { fd?: number; pid?: number; nsid?: number } {
  wayOf(subject, 'namespace', ['fd', 'pid', 'nsid']);
  return 'fd' in subject ? { fd: subject.fd.raw } : subject;
}

function describeSubject(subject: NsidSubject): string {
  if ('fd' in subject) return `the network namespace of descriptor ${subject.fd.raw}`;
  return 'pid' in subject
    ? `the network namespace of process ${subject.pid}`
    : `network namespace number ${subject.nsid}`;
}

/** A number as the kernel gives it. */
export function nsidEntryOf({ attributes }: NsidMessage): NsidEntry {
  return { nsid: attributes.nsid ?? NSID_NOT_ASSIGNED, currentNsid: attributes.currentNsid };
}
