import { expect, it } from 'vitest';
import { toJson, toText } from '../../show/fields.ts';
import { viewOf } from '../testing.ts';
import { loadKind } from './kinds.ts';

// What ip 6.1 was seen to print of such an answer, and 7.3 where that is another thing; the first link is called `if1` here, as nothing is known of it.

it.each<[kind: string, data: object, text: string, json: object]>([
  [
    'hsr',
    { slave1: 1, supervisionAddr: '01:15:4e:00:01:2d', seqNr: 65279, version: 1, protocol: 0 },
    'slave1 if1 slave2 <none> sequence 65279 supervision 01:15:4e:00:01:2d proto 0 version 1 ',
    { slave1: 'if1', slave2: null, seq_nr: 65279, supervision_addr: '01:15:4e:00:01:2d', proto: 0, version: 1 },
  ],
  [
    'bareudp',
    { port: 6635, ethertype: 0x8100, srcportMin: 5000, multiprotoMode: true },
    'dstport 6635 ethertype 802.1Q srcportmin 5000 multiproto ',
    { dstport: 6635, ethertype: '802.1Q', srcportmin: 5000, multiproto: true },
  ],
  [
    'bareudp',
    { port: 6635, ethertype: 0x1234 },
    'dstport 6635 ethertype [4660] nomultiproto ',
    { dstport: 6635, ethertype: '[4660]', multiproto: false },
  ],
  [
    'netkit',
    { mode: 1, primary: true, policy: 2, scrub: 1 },
    'mode l3 type primary policy blackhole scrub default ',
    { mode: 'l3', type: 'primary', policy: 'blackhole', scrub: 'default' },
  ],
  [
    'netkit',
    { mode: 0, primary: false, policy: 0 },
    'mode l2 type peer policy forward ',
    { mode: 'l2', type: 'peer', policy: 'forward' },
  ],
  ['bareudp', { ethertype: 0x800 }, 'ethertype ip nomultiproto ', { ethertype: 'ip', multiproto: false }],
  ['ipvlan', { mode: 7, flags: 3 }, ' mode unknown private ', { mode: 'unknown', private: true }],
  ['ipvlan', { mode: 0, flags: 0 }, ' mode l2 bridge ', { mode: 'l2', bridge: true }],
  [
    'vlan',
    { id: 5, protocol: 0x9100, flags: { flags: 0x60, mask: 0 } },
    'protocol [37120] id 5 <60> ',
    { protocol: '[37120]', id: 5, flags: ['60'] },
  ],
  [
    'geneve',
    { id: 5, remote: '10.0.0.1', ttl: 0, ttlInherit: true, df: 5, label: 0, port: 5 },
    'id 5 remote 10.0.0.1 ttl inherit dstport 5 ',
    { id: 5, remote: '10.0.0.1', port: 5 },
  ],
  [
    'macsec',
    {
      sci: 5n,
      window: 5,
      replayProtect: true,
      cipherSuite: 5n,
      offload: 2,
      validation: 7,
      protect: true,
      encrypt: true,
    },
    'sci 0000000000000005 protect on cipher (unknown) validate (unknown) offload mac encrypt on replay on window 5 ',
    {
      sci: '0000000000000005',
      protect: true,
      cipher_suite: '(unknown)',
      validation: '(unknown)',
      offload: 'mac',
      encrypt: true,
      replay_protect: true,
      window: 5,
    },
  ],
  ['xfrm', { link: 1, ifId: 0 }, 'if_id 0 ', { if_id: '0' }],
  ['xfrm', { ifId: 0, collectMetadata: true }, 'external ', { external: true }],
  [
    'erspan',
    { erspanVer: 2, erspanDir: 5, erspanHwid: 0, local: '10.0.0.1', ttl: 5 },
    'remote any local 10.0.0.1 ttl 5 erspan_ver 2 erspan_dir egress erspan_hwid 0 ',
    { remote: 'any', local: '10.0.0.1', ttl: 5, erspan_ver: 2, erspan_dir: 'egress', erspan_hwid: '0' },
  ],
  [
    'ip6tnl',
    { proto: 9, local: 'fd00::1', remote: 'fd00::2', flags: 0x7f, fwmark: 3 },
    'remote fd00::2 local fd00::1 hoplimit inherit encaplimit none tclass inherit flowlabel inherit dscp inherit mip6 ' +
      'allow-localremote fwmark inherit ',
    {
      remote: 'fd00::2',
      local: 'fd00::1',
      ttl: 0,
      ip6_tnl_f_ign_encap_limit: true,
      ip6_tnl_f_use_orig_tclass: true,
      ip6_tnl_f_use_orig_flowlabel: true,
      ip6_tnl_f_rcv_dscp_copy: true,
      ip6_tnl_f_mip6_dev: true,
      ip6_tnl_f_allow_local_remote: true,
      ip6_tnl_f_use_orig_fwmark: true,
    },
  ],
  [
    'sit',
    {
      local: '10.0.0.1',
      ttl: 5,
      sixrdPrefix: '2001:db8::',
      sixrdPrefixlen: 32,
      sixrdRelayPrefix: '0.0.0.0',
      proto: 99,
    },
    'remote any local 10.0.0.1 ttl 5 nopmtudisc 6rd-prefix 2001:db8::/32 ',
    { remote: 'any', local: '10.0.0.1', ttl: 5, pmtudisc: false, prefix: '2001:db8::', prefixlen: 32 },
  ],
  [
    'vti',
    { ikey: 0, okey: 5, fwmark: 0 },
    'remote any local any okey 0.0.0.5 ',
    { remote: 'any', local: 'any', okey: '0.0.0.5' },
  ],
  [
    'bond',
    { mode: 9, arpValidate: 9, arpAllTargets: 5, primaryReselect: 9, adSelect: 9 },
    'mode UNKNOWN arp_validate UNKNOWN arp_all_targets UNKNOWN primary_reselect UNKNOWN ad_select UNKNOWN ',
    {
      mode: 'UNKNOWN',
      arp_validate: 'UNKNOWN',
      arp_all_targets: 'UNKNOWN',
      primary_reselect: 'UNKNOWN',
      ad_select: 'UNKNOWN',
    },
  ],
  [
    'tun',
    { type: 5, pi: true, persist: false },
    'type UNKNOWN:5 pi on persist off ',
    { type: 'UNKNOWN:5', pi: true, multi_queue: false, persist: false },
  ],
])('%s %o', async (kind, data, text, json) => {
  const parts = (await loadKind(kind))?.describe ?? [];
  const view = viewOf({ details: 1 });
  expect(toText(parts, data as never, view)).toBe(text);
  expect(toJson(parts, data as never, view)).toEqual(json);
});
