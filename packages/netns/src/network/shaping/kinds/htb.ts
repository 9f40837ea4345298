import type { classKinds, qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { parseMinor } from '../handle.ts';
import { bytesSentIn, rateTable, splitRate, ticksToSend } from '../ticks.ts';
import { bytesPerSecond, type SettingsOf } from './kind.ts';
import { detailsOf, type RateDetails } from './tbf.ts';

type Wire = typeof qdiscKinds.htb;
type ClassWire = typeof classKinds.htb;

/** Token buckets in a hierarchy: each class has a rate for sure and may borrow up to its ceiling. */
export interface HtbOptions {
  /** The class for what no filter takes: `20` or `1:20`. Default: none, such packets are not shaped. */
  readonly defaultClass?: string | undefined;
  /** Bytes per second of rate for one byte of a class's quantum. Default: 10. */
  readonly rateToQuantum?: number | undefined;
  /** Packets that may wait without a class. */
  readonly directQueueLength?: number | undefined;
}

/** What a class of htb gets, and what it may borrow. tc-htb(8). */
export interface HtbClassOptions extends RateDetails {
  /** Bits per second that it has for sure. */
  readonly rate: number;
  /** Bits per second that it may take when others leave something. Default: `rate`. */
  readonly ceiling?: number | undefined;
  /** Bytes that may leave at once at the ceiling's speed. Default: what the rate gives in 10 ms, and a packet. */
  readonly burst?: number | undefined;
  /** Bytes that may leave at the speed of the device. */
  readonly ceilingBurst?: number | undefined;
  /** 0 to 7: who is asked first whether it wants what is left; 0 before 1. */
  readonly priority?: number | undefined;
  /** Bytes that it sends before another of its priority has its turn. */
  readonly quantum?: number | undefined;
}

/** The kernel's timers tick so often, at least (as tc has it). */
const ticksPerSecond = 1000;
const packet = 1600;

export const htb: SettingsOf<HtbOptions, In<Wire>, Out<Wire>> = {
  encode: ({ defaultClass, rateToQuantum = 10, directQueueLength: directQlen }) => ({
    init: {
      version: 3,
      rate2quantum: rateToQuantum,
      defcls: defaultClass === undefined ? 0 : parseMinor(defaultClass, 'options.defaultClass'),
    },
    ...(directQlen === undefined ? {} : { directQlen }),
  }),
  decode: ({ init, directQlen }) => ({
    defaultClass: init?.defcls ? init.defcls.toString(16) : undefined,
    rateToQuantum: init?.rate2quantum,
    directQueueLength: directQlen,
  }),
};

export const htbClass: SettingsOf<HtbClassOptions, In<ClassWire>, Out<ClassWire>> = {
  encode(options) {
    const { overhead, minimumPacket: mpu, linkLayer, priority, quantum } = options;
    const rate = bytesPerSecond(options.rate, 'options.rate');
    const ceil = options.ceiling === undefined ? rate : bytesPerSecond(options.ceiling, 'options.ceiling');
    const counting = { overhead, mpu, linkLayer, mtu: packet };
    const own = rateTable(rate, counting);
    const most = rateTable(ceil, counting);
    const { rate64 } = splitRate(rate);
    const { rate64: ceil64 } = splitRate(ceil);
    return {
      rate64,
      ceil64,
      parms: {
        rate: own.spec,
        ceil: most.spec,
        buffer: ticksToSend(rate, options.burst ?? Math.trunc(rate / ticksPerSecond + packet)),
        cbuffer: ticksToSend(ceil, options.ceilingBurst ?? Math.trunc(ceil / ticksPerSecond + packet)),
        prio: priority,
        quantum,
      },
      rtab: own.table,
      ctab: most.table,
    };
  },
  decode({ parms, rate64, ceil64 }) {
    if (parms === undefined) return { rate: 0 };
    const rate = Number(rate64 ?? parms.rate.rate);
    const ceil = Number(ceil64 ?? parms.ceil.rate);
    return {
      rate: rate * 8,
      ceiling: ceil * 8,
      burst: bytesSentIn(rate, parms.buffer),
      ceilingBurst: bytesSentIn(ceil, parms.cbuffer),
      priority: parms.prio,
      quantum: parms.quantum,
      ...detailsOf(parms.rate),
    };
  },
};
