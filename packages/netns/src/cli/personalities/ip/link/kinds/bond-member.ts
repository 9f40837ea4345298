import { invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { parseInteger } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
import type { Kind, KindContext, PortDataOf, PortDraftOf } from './kind.ts';
import { numberRow, readWords, unknownWord } from './parse.ts';

const usage = `\
Usage: ... bond_slave [ queue_id ID ] [ prio PRIORITY ]
                      [ actor_port_prio PRIORITY ]
`;

type Data = PortDataOf<'bond'>;
type Draft = PortDraftOf<'bond'>;

const rows: readonly OptionRow<Draft, KindContext>[] = [
  numberRow(
    'queue_id*',
    16,
    (draft, id) => {
      draft.queueId = id;
    },
    'queue_id is invalid',
  ),
  numberRow(
    'actor_port_prio',
    16,
    (draft, prio) => {
      draft.actorPortPrio = prio;
    },
    'actor prio is invalid',
  ),
  {
    words: 'prio',
    apply: (draft, take) => {
      const word = take();
      const prio = parseInteger(word);
      if (prio === undefined) throw invalidArgument(word, 'prio is invalid');
      draft.prio = prio;
    },
  },
];

type Shown = Part<Data, LinkView>;

const states = ['ACTIVE', 'BACKUP'];
const miiStates = ['UP', 'GOING_DOWN', 'DOWN', 'GOING_BACK'];
/** Bits of the state of a port that speaks LACP (802.3ad), lowest first. */
const portStates = [
  'active',
  'short_timeout',
  'aggregating',
  'in_sync',
  'collecting',
  'distributing',
  'defaulted',
  'expired',
];

/** A state by its name; one that has none has another name in JSON. */
const named =
  (json: string, names: readonly string[], get: (data: Data) => number | undefined): Shown =>
  (data) => {
    const state = get(data);
    if (state === undefined) return undefined;
    const name = names[state];
    return {
      text: `${json} ${name ?? state} `,
      json: name === undefined ? { [`${json}_index`]: state } : { [json]: name },
    };
  };

/** A state of LACP, once as a number and once in words. */
function portState(json: string, get: (data: Data) => number | undefined): readonly Shown[] {
  return [
    value(json, `${json} % `, get),
    value(
      `${json}_str`,
      (names) => `${json}_str <${(names as readonly string[]).join(',')}> `,
      (data) => {
        const state = get(data);
        return state === undefined ? undefined : portStates.filter((_name, bit) => (state & (1 << bit)) !== 0);
      },
    ),
  ];
}

/** Whether a port comes into step with its partner (churn detection, 802.3ad). */
const churnStates = ['MONITOR', 'CHURN', 'NO_CHURN'];
const churn = (json: string, get: (data: Data) => number | undefined): Shown =>
  value(json, `${json} % `, (data) => {
    const state = get(data);
    return state === undefined ? undefined : (churnStates[state] ?? state);
  });

const describe: readonly Shown[] = [
  named('state', states, (data) => data.state),
  named('mii_status', miiStates, (data) => data.miiStatus),
  value('link_failure_count', 'link_failure_count % ', ({ linkFailureCount: count }) =>
    count === undefined ? undefined : count | 0,
  ),
  value('perm_hwaddr', 'perm_hwaddr % ', (data) => data.permHwaddr),
  value('queue_id', 'queue_id % ', (data) => data.queueId),
  value('prio', 'prio % ', (data) => data.prio),
  value('ad_aggregator_id', 'ad_aggregator_id % ', (data) => data.adAggregatorId),
  ...portState('ad_actor_oper_port_state', (data) => data.adActorOperPortState),
  ...portState('ad_partner_oper_port_state', (data) => data.adPartnerOperPortState),
  churn('churn_actor_state', (data) => data.adChurnActorState),
  churn('churn_partner_state', (data) => data.adChurnPartnerState),
  value('actor_port_prio', 'actor_port_prio % ', (data) => data.actorPortPrio),
];

/** A link as a member of a bond: `ip link set DEV type bond_slave …`. */
export const bondMember: Kind<Data, Draft> = {
  kind: 'bond_slave',
  usage,
  describe,
  parse: (words, context) =>
    readWords<Draft>(rows, words, {}, context, (word) =>
      unknownWord(word, `bond_slave: unknown option "${word}"?`, usage),
    ),
};
