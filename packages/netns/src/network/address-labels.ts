import { InvalidArgumentError } from '../errors.ts';
import { AF_INET6 } from '../netlink/families/route/address-families.ts';
import {
  type AddressLabelMessage,
  type AddressLabelMessageInput,
  addressLabel,
} from '../netlink/families/route/address-label.ts';
import { formatPrefix, parsePrefix } from './prefix.ts';
import { type Question, ReplaceableTable } from './table.ts';
import { onlyWords } from './words.ts';

/** A label to be made: `ip addrlabel add prefix PREFIX label NUMBER`. */
export interface AddressLabelSpec {
  /** IPv6 addresses that share the label: `2001:db8::/32`. */
  readonly prefix: string;
  /** The label: a number below 4294967295. */
  readonly label: number;
  /** Only for addresses of this device. Name or index. */
  readonly link?: string | number | undefined;
}

/** A label as the kernel has it. Given back to `delete`, it means the same. */
export interface AddressLabel extends AddressLabelSpec {
  readonly link: number | undefined;
  readonly message: AddressLabelMessage;
}

/** Which labels are meant: those of one device. `ip addrlabel list dev DEV`. */
export interface AddressLabelFilter {
  readonly link?: string | number | undefined;
  readonly label?: number | undefined;
}

const checkSpec = onlyWords<AddressLabelSpec, AddressLabel>({ prefix: true, label: true, link: true, message: false });
const checkFilter = onlyWords<AddressLabelFilter>({ link: true, label: true });

/**
 * By which of its own addresses this namespace speaks to others over IPv6: a source address with the same label as the destination is
 * preferred (RFC 6724). `ip addrlabel list`, `add`, `del`, `flush`.
 *
 *     await ns.network.addressLabels.add({ prefix: '2001:db8::/32', label: 99 });
 *
 * `add` throws NetlinkError EEXIST, EINVAL (a label of 0xffffffff); `delete` ESRCH. Linux 2.6.25. See ip-addrlabel(8).
 */
export class AddressLabels extends ReplaceableTable<
  typeof addressLabel,
  AddressLabelSpec,
  AddressLabel,
  AddressLabelFilter
> {
  protected readonly declaration = addressLabel;
  protected readonly nouns = ['address label', 'address labels'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = { address: 'prefix' };

  protected describe({ prefix, label }: AddressLabelSpec): string {
    return `${label} for ${prefix}`;
  }

  protected encode({ prefix, label, link }: AddressLabelSpec): AddressLabelMessageInput {
    if (!Number.isInteger(label) || label < 0 || label > 0xffffffff)
      throw new InvalidArgumentError('label', label, 'it must be a number from 0 to 4294967295');
    const { address, length } = parsePrefix(prefix, 'prefix', 'inet6');
    const index = this.links.indexIfGiven(link) ?? 0;
    return { header: { family: AF_INET6, prefixlen: length, index }, attributes: { address, label } };
  }

  protected decode(message: AddressLabelMessage): AddressLabel | undefined {
    const { header, attributes } = message;
    if (attributes.label === undefined) return undefined;
    return {
      prefix: formatPrefix(attributes.address, header.prefixlen, 'inet6'),
      label: attributes.label,
      link: header.index === 0 ? undefined : header.index,
      message,
    };
  }

  protected question({ label, ...filter }: AddressLabelFilter): Question<typeof addressLabel, AddressLabel> {
    const link = this.links.indexIfGiven(filter.link);
    return {
      value: { header: { family: AF_INET6 } },
      keep: (entry) => (link === undefined || entry.link === link) && (label === undefined || entry.label === label),
    };
  }
}
