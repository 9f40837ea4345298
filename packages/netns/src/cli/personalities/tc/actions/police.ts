import type { police as policeAttributes } from '../../../../netlink/families/route/actions/kinds.ts';
import { microsecondsPerSecond, splitRate, ticksOf, ticksToSend } from '../../../../network/shaping/ticks.ts';
import type { Out } from '../../../../wire/shape.ts';
import { rateText, sizeText } from '../../../shaping/units.ts';
import { failure } from '../../ip/exit.ts';
import type { Words } from '../../ip/words.ts';
import { type BucketDraft, bucketRates, bucketWords } from '../kinds/bucket.ts';
import { number, rate as rateWord } from '../kinds/read.ts';
import { bytesSentIn, linkLayerName } from '../kinds/values.ts';
import type { Say } from '../say.ts';
import { actionKind, readSome, skipWord, type TrafficView, tellTimes } from './kind.ts';
import { isVerdict, readVerdict, tellVerdict } from './verdict.ts';

interface Draft extends BucketDraft {
  index?: number;
  average?: number;
  packetRate?: number;
  packetBurst?: number;
  action?: number;
  conform?: number;
}

type Settings = Out<typeof policeAttributes>;

const reclassify = 1;
/** What a link is if nothing else is said (TC_LINKLAYER_ETHERNET). */
const ethernet = 1;

/** What is faster than a rate is dropped, or something else is done with it. Filters take the same words behind `police`. */
export function readPolice(words: Words): object {
  skipWord(words, 'police');
  const draft: Draft = {};
  const both = (take: () => string): Partial<Draft> => conformExceed(take());
  for (let before: string | undefined; words.peek() !== before; ) {
    before = words.peek();
    readSome<Draft>(words, draft, {
      index: (take) => ({ index: number(take(), 'index') }),
      ...bucketWords('burst'),
      avrate: (take) => ({ average: rateWord(take(), 'avrate') }),
      'conform-exceed': both,
      exceed: both,
      pkts_rate: (take) => ({ packetRate: number(take(), 'pkts_rate') }),
      pkts_burst: (take) => ({ packetBurst: number(take(), 'pkts_burst') }),
    });
    if (isVerdict(words.peek())) draft.action = readVerdict(words, reclassify);
  }
  return policeSettings(draft);
}

/** `drop/pass`: for what is faster, and for the rest. */
function conformExceed(word: string): Partial<Draft> {
  const [exceed = '', conform] = word.split('/');
  const action = wordVerdict(exceed);
  return conform === undefined ? { action } : { action, conform: wordVerdict(conform) };
}

function wordVerdict(word: string): number {
  const number = isVerdict(word) ? readVerdict({ peek: () => word, take: () => word } as Words, undefined) : undefined;
  if (number === undefined) throw failure('Illegal "action"');
  return number;
}

function policeSettings(draft: Draft): object {
  const { rate, peak, mtu, burst, packetRate, packetBurst } = draft;
  if (rate !== undefined && burst === undefined) throw failure('"burst" requires "rate".');
  if (peak !== undefined && rate === undefined) throw failure('"peakrate" requires "rate".');
  const { slow, fast } = bucketRates(draft);
  const { average, conform } = draft;
  return {
    tbf: {
      index: draft.index,
      action: draft.action ?? reclassify,
      burst: rate === undefined ? undefined : ticksToSend(rate, burst ?? 0, true),
      mtu,
      rate: slow?.spec,
      peakrate: fast?.spec,
    },
    ...(slow === undefined ? {} : { rate: slow.table, rate64: splitRate(rate ?? 0).rate64 }),
    ...(fast === undefined ? {} : { peakrate: fast.table, peakrate64: splitRate(peak ?? 0).rate64 }),
    ...(packetRate === undefined
      ? {}
      : {
          pktrate64: BigInt(packetRate),
          pktburst64: BigInt(
            Math.trunc(ticksOf(Math.trunc((microsecondsPerSecond * (packetBurst ?? 0)) / packetRate))),
          ),
        }),
    avrate: average,
    result: conform || undefined,
  };
}

export function tellPolice(say: Say, settings: Settings, view: TrafficView): void {
  const { tbf, rate64, peakrate64, pktrate64, pktburst64, avrate, result, tm } = settings;
  if (tbf === undefined) return;
  const { details, iec } = view;
  const speed = Number(rate64 ?? tbf.rate.rate);
  const peak = Number(peakrate64 ?? tbf.peakrate.rate);
  say.member('kind', 'police');
  say.value('index', ' police 0x% ', tbf.index, tbf.index.toString(16));
  const burst = speed === 0 ? 0 : bytesSentIn(speed, tbf.burst);
  say.words(`rate ${rateText(speed, iec)} burst ${sizeText(burst)} `);
  say.words(`mtu ${sizeText(tbf.mtu)} `);
  if (pktrate64) {
    say.value('pkts_rate', 'pkts_rate % ', pktrate64);
    say.value('pkts_burst', 'pkts_burst % ', bytesSentIn(Number(pktrate64), Number(pktburst64 ?? 0n)));
  }
  if (peak !== 0) say.words(`peakrate ${rateText(peak, iec)} `);
  if (avrate) say.words(`avrate ${rateText(avrate, iec)} `);
  tellVerdict(say, 'action %', tbf.action);
  if (result !== undefined) tellVerdict(say, '/% ', result);
  else say.words(' ');
  say.value('overhead', 'overhead % ', tbf.rate.overhead, sizeText(tbf.rate.overhead));
  if (details || (tbf.rate.linklayer & 15) > ethernet)
    say.value('linklayer', 'linklayer % ', linkLayerName(tbf.rate.linklayer));
  say.value('ref', '\n\tref % ', tbf.refcnt);
  say.value('bind', 'bind % ', tbf.bindcnt);
  if (view.statistics) tellTimes(say, tm);
  say.words('\n');
}

export const police = actionKind<Settings>({ read: readPolice, print: tellPolice });
