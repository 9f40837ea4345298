import { type LinkLayer, rateTable } from '../../../../network/shaping/ticks.ts';
import { failure } from '../../ip/exit.ts';
import { linkLayer, number, rate, size, sizeAndCell, type Table } from './read.ts';

// A bucket of tokens, as tbf and police have one: it fills with a rate, and holds a burst.

/** What the words say. Rates in bytes per second, sizes in bytes. */
export interface BucketDraft {
  rate?: number;
  burst?: number;
  cellLog?: number | undefined;
  peak?: number;
  mtu?: number;
  peakCellLog?: number | undefined;
  mpu?: number;
  overhead?: number;
  layer?: LinkLayer;
}

/** `burstName` is how `tc` calls the burst when it cannot read it. */
export function bucketWords(burstName: string): Table<BucketDraft> {
  const burst = (take: () => string) => {
    const { bytes, cellLog } = sizeAndCell(take(), burstName);
    return { burst: bytes, cellLog };
  };
  const mtu = (take: () => string) => {
    const { bytes, cellLog } = sizeAndCell(take(), 'mtu');
    return { mtu: bytes, peakCellLog: cellLog };
  };
  return {
    burst,
    buffer: burst,
    maxburst: burst,
    mtu,
    minburst: mtu,
    mpu: (take) => ({ mpu: size(take(), 'mpu') }),
    rate: (take) => ({ rate: rate(take(), 'rate') }),
    peakrate: (take) => ({ peak: rate(take(), 'peakrate') }),
    overhead: (take) => ({ overhead: number(take(), 'overhead') }),
    linklayer: (take) => ({ layer: linkLayer(take()) }),
  };
}

/** What the kernel is told of the rate and of the peak, where there are such. Throws Exit. */
export function bucketRates({ rate: speed, peak, mtu, cellLog, peakCellLog, ...draft }: BucketDraft) {
  if (peak && !mtu) throw failure('"mtu" is required, if "peakrate" is requested.');
  const counting = { overhead: draft.overhead, mpu: draft.mpu, linkLayer: draft.layer, mtu: mtu || undefined };
  const of = (bytes: number | undefined, log: number | undefined) =>
    bytes ? rateTable(bytes, { ...counting, cellLog: log, whole: true }) : undefined;
  return { slow: of(speed, cellLog), fast: of(peak, peakCellLog) };
}
