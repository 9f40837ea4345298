import { Declarations } from '../../declarations.ts';
import { address, anycastAddress, multicastAddress } from './address.ts';
import { addressLabel } from './address-label.ts';
import { bridgeVlan, bridgeVlanDump } from './bridge-vlan.ts';
import { link, linkProperty } from './link.ts';
import { linkStatistics } from './link-statistics.ts';
import { mdb } from './mdb.ts';
import { neighbour } from './neighbour.ts';
import { neighbourTable } from './neighbour-table.ts';
import { netconf } from './netconf.ts';
import { nexthop, nexthopBucket } from './nexthop.ts';
import { nsid } from './nsid.ts';
import { prefix } from './prefix.ts';
import { route } from './route.ts';
import { rule } from './rule.ts';

/** What a network is made of: links, addresses, routes, rules, neighbours. */
export const networkMessages = new Declarations([
  link,
  linkProperty,
  linkStatistics.sent,
  linkStatistics.received,
  address,
  multicastAddress,
  anycastAddress,
  addressLabel,
  route,
  nexthop,
  nexthopBucket,
  rule,
  neighbour,
  neighbourTable,
  netconf,
  prefix,
  bridgeVlan,
  bridgeVlanDump.sent,
  mdb.sent,
  mdb.received,
  nsid,
]);
