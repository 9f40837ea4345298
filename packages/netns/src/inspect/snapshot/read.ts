import { createReadStream } from 'node:fs';
import { DocumentError } from '../../errors.ts';
import { builtin } from '../../native/builtin.ts';
import type { Fact } from './facts.ts';
import { type MachineSnapshot, SnapshotBuilder } from './snapshot.ts';
import { FactReader } from './text.ts';

/**
 * Reads a snapshot that `netns snapshot` or `writeSnapshot` has written. Throws DocumentError, with the line, for what is no whole snapshot
 * of a version that is known; and the errors of files.
 */
export async function readSnapshot(file: string): Promise<MachineSnapshot> {
  const builder = new SnapshotBuilder();
  for await (const fact of factsIn(file)) builder.add(fact);
  const snapshot = builder.finish();
  if (snapshot === undefined)
    throw new DocumentError([{ path: [], message: 'the snapshot does not say what could be seen' }], file);
  return snapshot;
}

async function* factsIn(file: string): AsyncGenerator<Fact> {
  const reader = new FactReader(file);
  const stream = createReadStream(file);
  try {
    for await (const line of builtin('readline').createInterface({ input: stream, crlfDelay: Infinity }))
      yield reader.read(line);
  } finally {
    stream.destroy();
  }
  reader.end();
}
