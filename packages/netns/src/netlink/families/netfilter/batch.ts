import { attrs } from '../../../wire/attributes.ts';
import { u32be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { NETLINK_NETFILTER } from '../../protocols.ts';
import { nfgenmsg } from './nfgenmsg.ts';

/** NFNL_BATCH_*. `genid`: the batch is refused with ERESTART when the ruleset is no longer of this generation. Linux 4.10. */
export const netfilterBatchAttributes = attrs({ genid: [1, u32be] });

/** Begin and end of a transaction; the header's `resId` is the part of netfilter that it is for (NFNL_SUBSYS_*). */
export const netfilterBatch = message({
  name: 'netfilterBatch',
  kernelName: 'NFNL_MSG_BATCH_*',
  protocol: NETLINK_NETFILTER,
  types: { begin: 16, end: 17 },
  header: nfgenmsg,
  attributes: netfilterBatchAttributes,
});
