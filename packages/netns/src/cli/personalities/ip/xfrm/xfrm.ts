import { NetlinkConnection } from '../../../../connection/connection.ts';
import { EPROTONOSUPPORT } from '../../../../errno-numbers.ts';
import { KernelError } from '../../../../errors.ts';
import { NETLINK_XFRM } from '../../../../netlink/protocols.ts';
import { failure, misuse } from '../exit.ts';
import type { Session } from '../session.ts';
import { runSubCommand, type SubCommand, spells } from '../sub-commands.ts';
import { policyHelp, stateHelp, xfrmUsage } from './usage.ts';

/** In the order in which `ip` compares them. */
const stateRows: readonly SubCommand[] = [
  { words: 'add*', load: async () => (await import('./state-change.ts')).changeState('new') },
  { words: 'update*', load: async () => (await import('./state-change.ts')).changeState('upd') },
  { words: 'allocspi*', load: async () => (await import('./state-change.ts')).allocateState },
  { words: 'delete*', load: async () => (await import('./state-show.ts')).deleteState },
  { words: 'deleteall* delall*', load: async () => (await import('./state-show.ts')).deleteStates },
  { words: 'list* show* lst*', load: async () => (await import('./state-show.ts')).listStates },
  { words: 'get*', load: async () => (await import('./state-show.ts')).getState },
  { words: 'flush*', load: async () => (await import('./state-show.ts')).flushStates },
  { words: 'count*', load: async () => (await import('./state-show.ts')).countStates },
  { words: 'help*', load: async () => () => stateHelp() },
];

const policyRows: readonly SubCommand[] = [
  { words: 'add*', load: async () => (await import('./policy-change.ts')).changePolicy('new') },
  { words: 'update*', load: async () => (await import('./policy-change.ts')).changePolicy('upd') },
  { words: 'delete*', load: async () => (await import('./policy-show.ts')).deletePolicy },
  { words: 'deleteall* delall*', load: async () => (await import('./policy-show.ts')).deletePolicies },
  { words: 'list* show* lst*', load: async () => (await import('./policy-show.ts')).listPolicies },
  { words: 'get*', load: async () => (await import('./policy-show.ts')).getPolicy },
  { words: 'flush*', load: async () => (await import('./policy-show.ts')).flushPolicies },
  { words: 'count*', load: async () => (await import('./policy-show.ts')).countPolicies },
  { words: 'set*', load: async () => (await import('./policy-defaults.ts')).setThresholds },
  { words: 'setdefault*', load: async () => (await import('./policy-defaults.ts')).setDefaults },
  { words: 'getdefault*', load: async () => (await import('./policy-defaults.ts')).getDefaults },
  { words: 'help*', load: async () => () => policyHelp() },
];

/** `ip xfrm …`: keys and policies of IPsec. There is no JSON of it. */
export async function xfrm(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  if (word !== undefined && spells('state*', word))
    return runSubCommand('xfrm state', stateRows, listOf(stateRows), session, words);
  if (word !== undefined && spells('policy*', word))
    return runSubCommand('xfrm policy', policyRows, listOf(policyRows), session, words);
  if (word !== undefined && spells('monitor*', word)) return (await import('./monitor.ts')).monitor(session, words);
  throw misuse(xfrmUsage);
}

/** What is done without a word. */
function listOf(rows: readonly SubCommand[]): SubCommand['load'] {
  return (rows.find((row) => spells(row.words, 'list')) as SubCommand).load;
}

/** Asks the kernel about IPsec. Throws Exit (1) where it has none. */
export async function withXfrm<T>(session: Session, work: (connection: NetlinkConnection) => Promise<T>): Promise<T> {
  using connection = open(session);
  return await work(connection);
}

function open({ namespace }: Session): NetlinkConnection {
  try {
    return new NetlinkConnection({ namespace: namespace?.fd, protocol: NETLINK_XFRM });
  } catch (error) {
    if (error instanceof KernelError && error.errno === EPROTONOSUPPORT)
      throw failure('Cannot open netlink socket: Protocol not supported');
    throw error;
  }
}
