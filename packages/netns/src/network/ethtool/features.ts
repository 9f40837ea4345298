import type { EthtoolBitset, EthtoolFeaturesMessage } from '../../netlink/families/generic/ethtool/features.ts';

/** Something that a device can do by itself. */
export interface Feature {
  /** The kernel's name: `tx-tcp-segmentation`, `rx-gro`. */
  readonly name: string;
  readonly active: boolean;
  /** It was asked for; it is inactive then if something that it needs is. */
  readonly requested: boolean;
  /** It cannot be switched. */
  readonly fixed: boolean;
}

/** The features that a device knows of, in the kernel's order. */
export function featuresOf({ hw, wanted, active, nochange }: EthtoolFeaturesMessage['attributes']): Feature[] {
  const [isWanted, isActive, isFixed] = [wanted, active, nochange].map(namesOf);
  return (hw?.bits ?? []).flatMap(({ name, value }) =>
    name === undefined || name === ''
      ? []
      : [
          {
            name,
            active: isActive?.has(name) === true,
            requested: isWanted?.has(name) === true,
            fixed: value !== true || isFixed?.has(name) === true,
          },
        ],
  );
}

/** The bits of a set without a mask. */
function namesOf(set: EthtoolBitset | undefined): ReadonlySet<string> {
  return new Set((set?.bits ?? []).flatMap(({ name }) => name ?? []));
}
