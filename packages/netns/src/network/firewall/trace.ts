import type { NetlinkEvent } from '../../connection/listener.ts';
import { nftVerdicts } from '../../netlink/families/netfilter/nft-data.ts';
import { type NftTraceMessage, nftTrace, nftTraceTypes } from '../../netlink/families/netfilter/nft-trace.ts';
import { nameOf } from '../../wire/names.ts';
import { type FirewallFamily, familyNameOf } from './words.ts';

/** One step of a packet through the rules, or `overrun`: the kernel had to drop some. */
export type FirewallTrace = FirewallTraceStep | { readonly event: 'overrun' };

/** A step of a packet through the rules: `nft monitor trace`. */
export interface FirewallTraceStep {
  /** `rule`: a rule held. `return`: the end of a chain that was jumped to. `policy`: no rule decided, so the chain did. */
  readonly event: 'rule' | 'return' | 'policy';
  /** The packet: all its steps have the same, one after the other. */
  readonly packet: number;
  readonly family: FirewallFamily;
  readonly table: string;
  readonly chain: string;
  /** Of which rule. */
  readonly rule: bigint | undefined;
  /** What was decided: `accept`, `drop`, `continue`, `jump`, … */
  readonly verdict: string;
  /** The chain of a jump or goto. */
  readonly to: string | undefined;
  readonly mark: number | undefined;
  /** Indexes of the devices. */
  readonly inputLink: number | undefined;
  readonly outputLink: number | undefined;
  /** The first step of a packet in a chain has the beginning of its headers, as many bytes as there are, at most 64. */
  readonly linkHeader: Uint8Array | undefined;
  readonly networkHeader: Uint8Array | undefined;
  readonly transportHeader: Uint8Array | undefined;
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NftTraceMessage;
}

/** What the kernel said of a packet, in the words of this library: nothing for what is not known. */
export function traceOf(heard: NetlinkEvent): FirewallTrace[] {
  if (heard.kind === 'overrun') return [{ event: 'overrun' }];
  if (heard.declaration !== nftTrace) return [];
  const message = heard.value as NftTraceMessage;
  const { header, attributes } = message;
  const { verdict, policy } = attributes;
  return [
    {
      event: nameOf(nftTraceTypes, attributes.type ?? 0) as FirewallTraceStep['event'],
      packet: attributes.id ?? 0,
      family: familyNameOf(header.family),
      table: attributes.table ?? '',
      chain: attributes.chain ?? '',
      rule: attributes.ruleHandle,
      verdict: nameOf(nftVerdicts, verdict?.code ?? policy ?? 0),
      to: verdict?.chain,
      mark: attributes.mark,
      inputLink: attributes.iif,
      outputLink: attributes.oif,
      linkHeader: attributes.llHeader,
      networkHeader: attributes.networkHeader,
      transportHeader: attributes.transportHeader,
      message,
    },
  ];
}
