import type { LinkChange, LinkToAdd } from './commands.ts';
import type { PartName, TableName } from './sections/index.ts';
import type { PartChange } from './sections/part-section.ts';
import type { TableVerb } from './sections/table-section.ts';

interface Common {
  readonly namespace: string;
  /** The same as commands. */
  readonly commands: readonly string[];
}

/** One change of one object: data, so that it can be shown, compared and carried out. */
export type Step = Common &
  (
    | { readonly section: 'namespaces'; readonly verb: 'create' }
    | ({ readonly section: 'links'; readonly verb: 'add' } & LinkToAdd)
    | { readonly section: 'links'; readonly verb: 'change'; readonly name: string; readonly change: LinkChange }
    | { readonly section: 'links'; readonly verb: 'delete'; readonly name: string }
    | ({ readonly section: PartName; readonly verb: 'set' } & PartChange)
    | { readonly section: TableName; readonly verb: TableVerb; readonly entry: object }
  );
