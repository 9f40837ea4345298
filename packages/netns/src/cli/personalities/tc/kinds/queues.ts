import type { qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { Out } from '../../../../wire/shape.ts';
import type { JsonObject } from '../../ip/json.ts';
import { type Kind, kind } from './kind.ts';
import { clockName } from './simple.ts';

type Data<K extends keyof typeof qdiscKinds> = Out<(typeof qdiscKinds)[K]>;

const mqprio = kind<Data<'mqprio'>>({
  print(say, { header }) {
    const map = [...header.prioTcMap];
    say.value('tc', 'tc % ', header.numTc);
    say.value('map', 'map % ', map, map.join(' '));
    const queues = Array.from({ length: header.numTc }, (_, tc) => {
      const first = header.offset[tc] ?? 0;
      return [first, first + (header.count[tc] ?? 0) - 1];
    });
    say.value(
      'queues',
      '\n             queues:% ',
      queues,
      queues.map(([first, last]) => `(${first}:${last})`).join(' '),
    );
    if (header.hw !== 0) say.value('hw', 'hw %', header.hw);
  },
});

const commands = ['S', 'H', 'R'] as const;

const taprio = kind<Data<'taprio'>>({
  print(say, data) {
    const { priomap } = data;
    if (priomap === undefined) return;
    const map = [...priomap.prioTcMap];
    say.value('tc', 'tc % ', priomap.numTc);
    say.value('map', 'map %', map, map.join(' '));
    const queues = Array.from({ length: priomap.numTc }, (_, tc) => ({
      offset: priomap.offset[tc] ?? 0,
      count: priomap.count[tc] ?? 0,
    }));
    const shown = queues.map(({ offset, count }) => ` offset ${offset} count ${count}`).join('');
    say.value('queues', '\nqueues%', queues, shown);
    say.value('clockid', '\nclockid %', clockName(data.schedClockid ?? 0));
    if (data.flags) say.value('flags', ' flags %', `0x${data.flags.toString(16)}`);
    if (data.txtimeDelay) say.value('txtime_delay', ' txtime delay %', data.txtimeDelay);
    say.value('base_time', '\tbase-time %', data.schedBaseTime);
    say.value('cycle_time', ' cycle-time %', data.schedCycleTime);
    say.value('cycle_time_extension', ' cycle-time-extension %', data.schedCycleTimeExtension);
    const entries = data.schedEntryList?.entry ?? [];
    const schedule = entries.map(
      ({ index = 0, cmd = 0, gateMask = 0, interval = 0 }): JsonObject => ({
        index,
        cmd: commands[cmd] ?? '-1',
        gatemask: `0x${gateMask.toString(16)}`,
        interval,
      }),
    );
    const lines = schedule.map(
      (entry) =>
        `\n\t${Object.entries(entry)
          .map((pair) => pair.join(' '))
          .join(' ')}`,
    );
    say.value('schedule', '%\n', schedule, lines.join(''));
  },
});

export const queueKinds: Readonly<Record<string, Kind>> = { mqprio, taprio };
