import { type NeighbourTableMessageInput, neighbourTable } from '../../../../netlink/families/route/neighbour-table.ts';
import { DeviceNames } from '../device-names.ts';
import { invalidArgument, missingArgument, misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import type { Session } from '../session.ts';
import { unsigned, unsigned64 } from '../values.ts';
import { Words } from '../words.ts';
import { settingLines } from './settings.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Attributes = NonNullable<NeighbourTableMessageInput['attributes']>;

interface Draft {
  name?: string;
  ifindex?: number;
  readonly table: Record<string, number | bigint>;
  readonly parms: Record<string, number | bigint>;
}

const options: readonly OptionRow<Draft, DeviceNames>[] = [
  {
    words: 'name',
    once: 'NAME',
    apply: (draft, take) => {
      draft.name = take();
    },
  },
  {
    words: 'dev',
    apply: (draft, take, devices) => {
      draft.ifindex = devices.needed(take());
    },
  },
  ...settingLines
    .flat()
    .filter(({ fixed }) => fixed !== true)
    .map(
      ({ word, of, key, wide }): OptionRow<Draft, DeviceNames> => ({
        words: word,
        apply: (draft, take) => {
          const read = wide === true ? unsigned64 : (text: string, reason: string) => unsigned(text, 32, reason);
          (of === 'table' ? draft.table : draft.parms)[key] = read(take(), `"${word}" value is invalid`);
        },
      }),
    ),
];

/** `ip ntable change name NAME [ dev DEV ] …`. */
export async function changeTable(session: Session, list: readonly string[]): Promise<number> {
  const draft: Draft = { table: {}, parms: {} };
  const otherwise = (_draft: Draft, word: string) => {
    throw invalidArgument(word, 'unknown');
  };
  const connection = await session.connection();
  readOptions({ rows: options, otherwise }, new Words(list), draft, new DeviceNames(connection));
  if (draft.name === undefined) throw missingArgument('NAME');
  const ofDevice = Object.keys(draft.parms).length > 0;
  if (!ofDevice && Object.keys(draft.table).length === 0)
    throw misuse('Not enough information: changeable attributes required.\n');
  const attributes: Writable<Attributes> = { name: draft.name, ...draft.table };
  if (ofDevice) attributes.parms = { ifindex: draft.ifindex, ...draft.parms };
  const request = { header: { family: familyNumber(session.options.family) }, attributes };
  connection.requestSync(neighbourTable, 'set', request, { operation: 'change a table of neighbours' });
  return 0;
}
