import { mptcpLimits } from '../../../../netlink/families/generic/mptcp.ts';
import { invalidArgument } from '../exit.ts';
import { type Grammar, readOptions } from '../grammar.ts';
import type { Command } from '../session.ts';
import { unsigned } from '../values.ts';
import { Words } from '../words.ts';
import { withMptcp } from './with-mptcp.ts';

interface Draft {
  subflows?: number;
  rcvAddAddrs?: number;
}

const options: Grammar<Draft, unknown> = {
  rows: [
    {
      words: 'subflows*',
      apply: (draft, take) => {
        draft.subflows = unsigned(take(), 32, 'invalid subflows\n');
      },
    },
    {
      words: 'add_addr_accepted*',
      apply: (draft, take) => {
        draft.rcvAddAddrs = unsigned(take(), 32, 'invalid add_addr_accepted\n');
      },
    },
  ],
  otherwise: (_draft, word) => {
    throw invalidArgument(word, 'unknown limit');
  },
};

/** Without words nothing is asked for, and nothing changes. */
export const setLimits: Command = (session, words) => {
  const draft: Draft = {};
  readOptions(options, new Words(words), draft, undefined);
  return withMptcp(session, async (connection) => {
    const asked =
      words.length === 0 ? [] : [connection.request(mptcpLimits, 'set', draft, { operation: 'change limits' })];
    await Promise.all(asked);
    return 0;
  });
};

/** `ip` has text only. */
export const showLimits: Command = (session, words) => {
  readOptions(options, new Words(words), {}, undefined);
  return withMptcp(session, async (connection) => {
    for (const { attributes } of await connection.request(mptcpLimits, 'get', {}, { operation: 'ask for limits' })) {
      const { rcvAddAddrs, subflows } = attributes;
      session.output.write(`add_addr_accepted ${rcvAddAddrs ?? 0} subflows ${subflows ?? 0} \n`);
    }
    return 0;
  });
};
