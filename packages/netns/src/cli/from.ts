import { type Programs, programs } from '../inspect/programs.ts';
import type { MachineSnapshot } from '../inspect/snapshot/snapshot.ts';
import type { Options } from './verb.ts';

/** The option of every verb that can also ask a snapshot. */
export const fromOption = {
  from: { summary: 'tell what a snapshot knows, instead of looking (netns snapshot)', value: 'FILE' },
} as const satisfies Options;

/** What a question is asked of: the machine, or a snapshot of it. */
export interface Asked {
  readonly from: MachineSnapshot | undefined;
  readonly programs: Programs;
}

/** Reads the snapshot, if one is meant. Throws DocumentError for what is none. */
export async function askedOf(file: string | undefined): Promise<Asked> {
  if (file === undefined) return { from: undefined, programs };
  const { readSnapshot } = await import('../inspect/snapshot/read.ts');
  const from = await readSnapshot(file);
  return { from, programs: programsOf(from) };
}

/** Those that ran when a snapshot was taken. */
export function programsOf({ programs: known }: MachineSnapshot): Programs {
  return {
    commandOf: (pid) => known.get(pid)?.command ?? '[]',
    parentOf: (pid) => known.get(pid)?.parent,
  };
}
