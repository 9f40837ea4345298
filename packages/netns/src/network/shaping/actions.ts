import type { NetlinkConnection } from '../../connection/connection.ts';
import { ENOENT } from '../../errno-numbers.ts';
import { KernelError } from '../../errors.ts';
import { action } from '../../netlink/families/route/action.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NLM_F_ROOT } from '../../netlink/header.ts';
import type { Links } from '../links.ts';
import { type Snapshot, snapshot } from '../snapshot.ts';
import { decodeAction, encodeAction, type TrafficAction } from './kinds/actions.ts';
import { type ShapingStatistics, statisticsOf } from './statistics.ts';
import { explainKind } from './unsupported.ts';

/** An action that stands for itself. */
export type StandingAction = TrafficAction & { readonly statistics: ShapingStatistics | undefined };

/** Asks for all, not only for the 32 that fit into an old answer (TCA_FLAG_LARGE_DUMP_ON). */
const largeDump = { value: 1, selector: 1 };

/**
 * Actions that stand for themselves, so that many filters can share one by its `index`. `tc actions ls`, `add`, `replace`, `delete`, `flush`.
 *
 * To change them, the kernel wants CAP_NET_ADMIN over the whole machine; actions of filters need it over their namespace only.
 *
 * Throws NetlinkError: EPERM, EEXIST, ENOENT, EINVAL; UnsupportedError for a kind that this kernel has not.
 */
export class TrafficActions {
  readonly #connection: NetlinkConnection;
  readonly #links: Links;

  constructor(connection: NetlinkConnection, links: Links) {
    this.#connection = connection;
    this.#links = links;
  }

  /** Those of one kind: `gact`, `mirred`, `police`, … `tc actions ls action KIND`. */
  async list(kind: string): Promise<Snapshot<StandingAction>> {
    const tab = [kind === 'other' ? {} : ({ kind: kind as 'gact' } as const)];
    const { messages, interrupted } = await this.#connection
      .dump(action, { attributes: { tab, flags: largeDump } }, { operation: `list ${kind} actions` })
      .catch((error: unknown) => {
        throw explainKind(error, 'action', kind);
      });
    const entries = messages.flatMap(({ attributes }) => (attributes.tab ?? []).map(standing));
    return snapshot(entries, interrupted);
  }

  /** One, by kind and index. `tc actions get action KIND index NUMBER`. Throws NetlinkError ENOENT if there is none; UnsupportedError. */
  async get(kind: string, index: number): Promise<StandingAction> {
    const operation = `find ${kind} action ${index}`;
    const tab = [{ kind: kind as 'gact', index }];
    const answers = await this.#connection
      .request(action, 'get', { attributes: { tab } }, { operation })
      .catch((error) => {
        throw explainKind(error, 'action', kind);
      });
    const [found] = answers.flatMap(({ attributes }) => (attributes.tab ?? []).map(standing));
    if (found === undefined) throw new KernelError({ errno: ENOENT, syscall: 'RTM_GETACTION', operation });
    return found;
  }

  /** Makes one. Throws NetlinkError EEXIST if its index is taken. */
  add(spec: TrafficAction): Promise<void> {
    return this.#change('new', spec, NLM_F_CREATE | NLM_F_EXCL, 'add');
  }

  /** Makes one, or changes the one of this index. */
  replace(spec: TrafficAction): Promise<void> {
    return this.#change('new', spec, NLM_F_CREATE | NLM_F_REPLACE, 'set');
  }

  /** Deletes one, by kind and index. Throws NetlinkError EPERM while a filter uses it, ENOENT if there is none. */
  async delete(kind: string, index: number): Promise<void> {
    const tab = [{ kind: kind as 'gact', index }];
    await this.#connection.request(
      action,
      'del',
      { attributes: { tab } },
      { operation: `delete ${kind} action ${index}` },
    );
  }

  /** Deletes all of one kind that no filter uses. */
  async flush(kind: string): Promise<void> {
    const tab = [{ kind: kind as 'gact' }];
    const options = { operation: `flush ${kind} actions`, flags: NLM_F_ROOT };
    await this.#connection.request(action, 'del', { attributes: { tab } }, options);
  }

  async #change(verb: 'new', spec: TrafficAction, flags: number, word: string): Promise<void> {
    const kind = spec.kind === 'raw' ? spec.of : spec.kind;
    try {
      await this.#connection.whenIdle(() => {
        const { statistics, ...own } = spec as StandingAction; // it may be one that was listed
        const tab = [encodeAction(own, (link) => this.#links.index(link))];
        const options = { operation: `${word} ${kind} action`, flags };
        return this.#connection.request(action, verb, { attributes: { tab } }, options);
      });
    } catch (error) {
      throw explainKind(error, 'action', kind);
    }
  }
}

function standing(
  each: Parameters<typeof decodeAction>[0] & { readonly stats?: Parameters<typeof statisticsOf>[0] },
): StandingAction {
  return { ...decodeAction(each), statistics: statisticsOf(each.stats) };
}
