import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { summarise } from './statistics.ts';

/** One line that says where the numbers come from. */
export function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Linux ${release()}, ${processors.length} x ${processors[0]?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, Node ${process.versions.node}`;
}

/** How busy the machine was while the benchmark itself did nothing. */
export interface Load {
  /** Busy part of all processors in the quiet moments between measurements, in percent. */
  readonly otherPercent: { readonly median: number; readonly high: number };
  readonly samples: number;
  readonly average1: number;
}

/** Samples /proc/stat in the moments when the benchmark sleeps: what is busy then is someone else. */
export class LoadMeter {
  readonly #samples: number[] = [];

  begin(): CpuTimes {
    return readCpuTimes();
  }

  end(before: CpuTimes): void {
    const now = readCpuTimes();
    const total = now.total - before.total;
    if (total > 0) this.#samples.push((100 * (total - (now.idle - before.idle))) / total);
  }

  read(): Load {
    const { median, high, count } = summarise(this.#samples);
    return { otherPercent: { median, high }, samples: count, average1: loadavg()[0] ?? Number.NaN };
  }
}

export interface CpuTimes {
  readonly total: number;
  readonly idle: number;
}

function readCpuTimes(): CpuTimes {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const times = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { total: times.reduce((sum, time) => sum + time, 0), idle: (times[3] ?? 0) + (times[4] ?? 0) };
}
