import { objectAt, onlyEntry } from './checked.ts';
import { verdictAt } from './elements-read.ts';
import { Path, unknownWord } from './fault.ts';
import { writeDynamic, writeMeter } from './linearize/dynset.ts';
import { setName } from './linearize/lookup.ts';
import { writeMangle, writeReset } from './linearize/mangle.ts';
import { writeMatch, writeVmap } from './linearize/match.ts';
import { writeDup, writeFwd, writeNat, writeRedirect, writeTproxy } from './linearize/nat.ts';
import { writeObjectReference, writeStateful, writeSynproxy } from './linearize/objects.ts';
import { writeLog, writeQueue, writeReject } from './linearize/reject-log-queue.ts';
import type { LinearRule, RuleTarget } from './linearize/target.ts';
import { writeUnknown } from './linearize/unknown.ts';
import { RuleWriter } from './linearize/writer.ts';

/**
 * The expressions that statements of a rule become, as `nft` makes them: registers, what has to be asked before a field can be read, masks,
 * anonymous sets. Throws InvalidArgumentError, which says where in the document the fault is.
 */
export function linearize(statements: readonly unknown[], target: RuleTarget, path = new Path('expr')): LinearRule {
  const writer = new RuleWriter(target);
  statements.forEach((statement, index) => void writeStatement(writer, statement, path.at(index)));
  return {
    sets: writer.sets,
    expressions: writer.expressions(),
    ...(writer.compat !== undefined && { compat: writer.compat }),
  };
}

function writeStatement(writer: RuleWriter, json: unknown, path: Path): void {
  const [kind, value] = onlyEntry(json, path);
  const at = path.at(kind);
  const verdict = verdictAt(json, path);
  if (verdict !== undefined) writer.push({ kind: 'immediate', data: { dreg: 0, data: { verdict } } });
  else {
    const write = Object.hasOwn(statements, kind) ? statements[kind] : undefined;
    if (write === undefined)
      throw unknownWord(path, kind, 'statement', [
        ...Object.keys(statements),
        'accept',
        'drop',
        'jump',
        'goto',
        'return',
        'continue',
      ]);
    write(writer, value, at);
  }
  writer.close();
}

type Write = (writer: RuleWriter, value: unknown, path: Path) => void;

/** How each kind of statement is written. */
const statements: Readonly<Record<string, Write>> = {
  match: writeMatch,
  counter: (writer, value, path) => writeStateful(writer, 'counter', value, path),
  limit: (writer, value, path) => writeStateful(writer, 'limit', value, path),
  quota: (writer, value, path) => writeStateful(writer, 'quota', value, path),
  'ct count': (writer, value, path) => writeStateful(writer, 'ct count', value, path),
  last: (writer, value, path) => writeStateful(writer, 'last', value, path),
  mangle: writeMangle,
  vmap: writeVmap,
  notrack: (writer) => writer.push({ kind: 'notrack', data: {} }),
  reject: writeReject,
  log: writeLog,
  snat: (writer, value, path) => writeNat(writer, 'snat', value, path),
  dnat: (writer, value, path) => writeNat(writer, 'dnat', value, path),
  masquerade: (writer, value, path) => writeRedirect(writer, 'masquerade', value, path),
  redirect: (writer, value, path) => writeRedirect(writer, 'redirect', value, path),
  dup: writeDup,
  fwd: writeFwd,
  tproxy: writeTproxy,
  queue: writeQueue,
  set: (writer, value, path) => writeDynamic(writer, value, path, 'set'),
  map: (writer, value, path) => writeDynamic(writer, value, path, 'map'),
  meter: writeMeter,
  synproxy: writeSynproxy,
  reset: writeReset,
  'ct helper': (writer, value, path) => writeObjectReference(writer, 'ct helper', value, path),
  'ct timeout': (writer, value, path) => writeObjectReference(writer, 'ct timeout', value, path),
  'ct expectation': (writer, value, path) => writeObjectReference(writer, 'ct expectation', value, path),
  secmark: (writer, value, path) => writeObjectReference(writer, 'secmark', value, path),
  flow: (writer, value, path) => {
    const { flowtable } = objectAt(value, path);
    const tableName = setName(flowtable, path.at('flowtable'));
    writer.push({ kind: 'flow_offload', data: { tableName } });
  },
  unknown: writeUnknown,
};
