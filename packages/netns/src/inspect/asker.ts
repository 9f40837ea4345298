import { mayAdministrate } from '../native/passage.ts';
import type { MachineNamespace } from './census.ts';
import { type Asker, isThroughProcess } from './release.ts';

/** Who asks: whoever runs this process, to whom the namespaces have these names. */
export function thisAsker(namespaces: readonly Pick<MachineNamespace, 'names' | 'paths'>[]): Asker {
  return {
    uid: process.geteuid?.() ?? 0,
    administrates: mayAdministrate(),
    ownNames: new Set(
      namespaces.flatMap(({ names, paths }) => names.filter((_, at) => isThroughProcess(paths[at] ?? ''))),
    ),
  };
}
