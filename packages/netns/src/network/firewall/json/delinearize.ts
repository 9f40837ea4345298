import type { NftExpression } from '../../../netlink/families/netfilter/expressions.ts';
import { readBitwise, readByteorder, readExthdr, readImmediate, readKeyed, readPayload } from './delinearize/load.ts';
import { readFib, readHash, readIpsec, readNumgen, readOsf, readRoute, readSocket } from './delinearize/load-keys.ts';
import { readDynset, readLookup, readObjref } from './delinearize/lookup.ts';
import { readCompare, readRange } from './delinearize/match.ts';
import { showDup, showFwd, showNat, showPorts, showTproxy } from './delinearize/nat.ts';
import { type DataOf, NoWords, type RuleContext, RuleReader } from './delinearize/reader.ts';
import { orNull, showLog, showQueue, showReject, showSynproxy } from './delinearize/statements.ts';
import { showStateful } from './elements-show.ts';
import { ctKeys, metaKeys } from './keys.ts';
import type { Statement } from './schema.ts';
import { unknownStatement } from './unknown.ts';

/**
 * The statements that expressions of a rule mean, as `nft -j list ruleset` writes them. Those that only say which protocol a later one is
 * about are left out, as `nft` does. What the schema has no words for is kept: see {@link unknownStatement}.
 */
export function statementsOf(expressions: readonly NftExpression[], context: RuleContext): Statement[] {
  try {
    const reader = new RuleReader(context);
    for (const expression of expressions) read(reader, expression);
    return reader.statements();
  } catch (error) {
    if (!(error instanceof NoWords)) throw error;
    return [unknownStatement(error.message, expressions, context)];
  }
}

type Read<Kind extends NftExpression['kind']> = (
  reader: RuleReader,
  data: DataOf<Kind>,
  expression: Extract<NftExpression, { kind: Kind }>,
) => void;

/** What each kind of expression means. */
const reads: { readonly [Kind in NftExpression['kind']]?: Read<Kind> } = {
  cmp: readCompare,
  meta: (reader, data) => readKeyed(reader, 'meta', metaKeys, data),
  ct: (reader, data) => readKeyed(reader, 'ct', ctKeys, data),
  payload: readPayload,
  exthdr: readExthdr,
  bitwise: readBitwise,
  byteorder: readByteorder,
  range: readRange,
  lookup: readLookup,
  immediate: readImmediate,
  objref: readObjref,
  dynset: readDynset,
  fib: readFib,
  rt: readRoute,
  socket: readSocket,
  xfrm: readIpsec,
  osf: readOsf,
  numgen: readNumgen,
  hash: readHash,
  counter: readStateful,
  limit: readStateful,
  quota: readStateful,
  connlimit: readStateful,
  last: readStateful,
  notrack: (reader) => reader.emit({ notrack: null }),
  log: (reader, data) => reader.emit({ log: showLog(data) }),
  reject: (reader, data) => reader.emit(showReject(reader, data)),
  nat: (reader, data) => reader.emit(showNat(reader, data)),
  masq: (reader, data) => reader.emit({ masquerade: orNull(showPorts(reader, data)) }),
  redir: (reader, data) => reader.emit({ redirect: orNull(showPorts(reader, data)) }),
  dup: (reader, data) => reader.emit(showDup(reader, data)),
  fwd: (reader, data) => reader.emit(showFwd(reader, data)),
  tproxy: (reader, data) => reader.emit(showTproxy(reader, data)),
  queue: (reader, data) => reader.emit({ queue: showQueue(reader, data) }),
  synproxy: (reader, data) => reader.emit({ synproxy: showSynproxy(data) }),
  flow_offload: (reader, { tableName = '' }) => reader.emit({ flow: { op: 'add', flowtable: `@${tableName}` } }),
};

function readStateful(reader: RuleReader, _data: unknown, expression: Parameters<typeof showStateful>[0]): void {
  const statement = showStateful(expression);
  if (statement === undefined) throw new NoWords(`a ${expression.kind} in unknown units`);
  reader.emit(statement);
}

function read(reader: RuleReader, expression: NftExpression): void {
  const understand = reads[expression.kind] as Read<NftExpression['kind']> | undefined;
  if (understand === undefined)
    throw new NoWords(`expression ${expression.kind === 'other' ? expression.name : expression.kind}`);
  understand(reader, ('data' in expression && expression.data) || {}, expression);
}
