import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { routeFilterRows } from './filter.ts';
import { getRows } from './get-options.ts';
import { routeRows } from './options.ts';

/** `ip route help`: the options that this program has, in the words of its tables. */
export function routeUsage(): string {
  return `\
Usage: ip route { list | flush | save } SELECTOR
       ip route { restore | showdump }
       ip route get [ fibmatch ] ADDRESS
${helpLines(getRows, '		')}
       ip route { add | del | change | append | prepend | replace } [ TYPE ] PREFIX
${helpLines(routeRows, '		')}
SELECTOR := [ root PREFIX ] [ match PREFIX ] [ exact PREFIX ]
${helpLines(routeFilterRows, '		')}
NH := [ encap ENCAPTYPE OPTIONS ] [ via [ inet | inet6 ] ADDRESS ] [ dev DEV ]
      [ weight NUMBER ] [ realms REALM ] [ onlink ]
ENCAPTYPE OPTIONS := {
          mpls LABELS [ ttl TTL ] |
          { ip | ip6 } [ id ID ] [ src ADDRESS ] [ dst ADDRESS ] [ key ] [ csum ] [ seq ]
                       [ { ttl | hoplimit } TTL ] [ { tos | tc } TOS ] |
          seg6 mode { encap | encap.red | inline | l2encap | l2encap.red } segs ADDRESS[,...] [ hmac KEY ] |
          seg6local action ACTION [ srh segs ADDRESS[,...] [ hmac KEY ] ] [ nh4 ADDRESS ] [ nh6 ADDRESS ]
                    [ iif DEV ] [ oif DEV ] [ table TABLE_ID ] [ vrftable TABLE_ID ]
                    [ endpoint pinned FILE ] [ flavors FLAVOR[,...] ] [ count ] |
          ila LOCATOR [ csum-mode MODE ] [ ident-type TYPE ] [ hook-type { input | output } ] |
          bpf [ in pinned FILE ] [ out pinned FILE ] [ xmit pinned FILE ] [ headroom BYTES ] |
          rpl segs ADDRESS[,...] |
          ioam6 [ freq K/N ] [ mode { inline | { encap | auto } [ tunsrc ADDRESS ] tundst ADDRESS } ]
                trace prealloc type TYPE ns NAMESPACE size BYTES |
          xfrm if_id ID [ link_dev DEV ] }
FLAVOR := { psp | usp | usd | next-csid [ lblen BITS ] [ nflen BITS ] }
TYPE := { unicast | local | broadcast | multicast | throw |
          unreachable | prohibit | blackhole | nat }
TABLE_ID := [ local | main | default | all | NUMBER ]
SCOPE := [ host | link | global | NUMBER ]
RTPROTO := [ kernel | boot | static | NUMBER ]
TIME := NUMBER[s|ms]
BOOL := [1|0]
`;
}

export function routeHelp(): never {
  throw misuse(routeUsage());
}
