import type { classKinds, qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { parseMinor } from '../handle.ts';
import { bytesPerSecond, inUnits, type SettingsOf } from './kind.ts';

type Wire = typeof qdiscKinds.hfsc;
type ClassWire = typeof classKinds.hfsc;

/** Service curves in a hierarchy: bandwidth and delay apart. */
export interface HfscOptions {
  /** The class for what no filter takes. Default: none, it is dropped. */
  readonly defaultClass?: string | undefined;
}

/** A curve with a bend: `first` bits per second for `duration` milliseconds, then `rate`. */
export interface ServiceCurve {
  readonly rate: number;
  readonly first?: number | undefined;
  readonly duration?: number | undefined;
}

/** What a class of hfsc gets, as curves of bits over time. tc-hfsc(8). */
export interface HfscClassOptions {
  /** What it is guaranteed. */
  readonly realTime?: ServiceCurve | undefined;
  /** Its share of what is left. */
  readonly linkShare?: ServiceCurve | undefined;
  /** The most that it gets. */
  readonly upperLimit?: ServiceCurve | undefined;
}

export const hfsc: SettingsOf<HfscOptions, In<Wire>, Out<Wire>> = {
  encode: ({ defaultClass }) => ({
    defcls: defaultClass === undefined ? 0 : parseMinor(defaultClass, 'options.defaultClass'),
  }),
  decode: ({ defcls }) => ({ defaultClass: defcls === 0 ? undefined : defcls.toString(16) }),
};

export const hfscClass: SettingsOf<HfscClassOptions, In<ClassWire>, Out<ClassWire>> = {
  encode: ({ realTime, linkShare, upperLimit }) => ({
    rsc: curve(realTime, 'realTime'),
    fsc: curve(linkShare, 'linkShare'),
    usc: curve(upperLimit, 'upperLimit'),
  }),
  decode: ({ rsc, fsc, usc }) => ({ realTime: seen(rsc), linkShare: seen(fsc), upperLimit: seen(usc) }),
};

function curve(given: ServiceCurve | undefined, option: string) {
  if (given === undefined) return undefined;
  const { rate, first, duration = 0 } = given;
  const path = `options.${option}`;
  return {
    m1: first === undefined ? 0 : bytesPerSecond(first, `${path}.first`),
    d: inUnits(duration, 1000, `${path}.duration`),
    m2: bytesPerSecond(rate, `${path}.rate`),
  };
}

function seen(
  of: { readonly m1: number; readonly d: number; readonly m2: number } | undefined,
): ServiceCurve | undefined {
  return of && { rate: of.m2 * 8, ...(of.d === 0 ? {} : { first: of.m1 * 8, duration: of.d / 1000 }) };
}
