import type { Case } from '../case.ts';

const setup = `ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02; ip link set v0 up; ip link set v1 up
ip address add fd00::1/64 dev v0 nodad; printf 'secret\\n' | ip sr hmac set 5 sha256; printf 'secret\\n' | ip sr hmac set 0x1a2b sha1`;

/** Routes that the kernel grants, or refuses because it lacks the encapsulation. */
const granted = [
  'seg6 mode encap segs fd00::5,fd00::6 hmac 5',
  'seg6 mode inline segs fd00::5 hmac 0x1a2b',
  'seg6 mode encap hmac 5 segs fd00::5',
  'seg6 mode encap segs fd00::5 hmac x',
  'seg6 mode encap segs fd00::5 hmac 0',
  'seg6 mode encap segs fd00::5 hmac 77',
  'seg6local action End.B6 srh segs fd00::5,fd00::6',
  'seg6local srh segs fd00::5 action End.B6 ',
  'seg6local action End.B6.Encaps srh segs fd00::5,fd00::6 hmac 5',
  'seg6local action End count',
  'seg6local count action End flavors psp',
  'seg6local action End flavors psp,usp,usd',
  'seg6local action End flavors next-csid',
  'seg6local action End flavors next-csid lblen 32 nflen 16 count',
  'seg6local action End.BPF',
  'bpf headroom 5',
  'ila 1:2:3:4',
  'ila 1:2:3:4 csum-mode adj-transport',
  'ila 1:2:3 csum-mode neutral-map ident-type luid hook-type output',
  'ila 1:2:3:4 csum-mode no-action ident-type use-format hook-type input',
  'rpl segs fd00::5,fd00::6',
  'rpl',
  'ioam6 trace prealloc type 0x800000 ns 1 size 12',
  'ioam6 freq 2/5 mode inline trace prealloc type 0x800000 ns 1 size 12',
  'ioam6 mode encap tundst fd00::5 trace prealloc type 0xc00000 ns 0 size 16',
  'ioam6 mode auto tundst fd00::5 trace prealloc type 0xc00000 ns 0 size 16',
].map((words, at) => `route add fd10:${at}::/64 encap ${words} dev v0`);

const refused = [
  ...['hmac 5 hmac 6', 'hmac', 'cleanup'].map((words) => `seg6 mode encap segs fd00::5 ${words}`),
  ...[
    'flavors foo',
    'flavors psp,psp',
    'flavors psp flavors usp',
    'flavors next-csid lblen x',
    'flavors next-csid nflen 300',
    'flavors psp lblen 5',
    'lblen 5',
    'srh',
    'srh foo',
    'srh segs',
    'srh segs x',
    'srh segs fd00::5 srh segs fd00::6',
    'srh segs fd00::5 hmac',
    'srh segs fd00::5 foo',
    'count count',
    'endpoint',
    'endpoint foo',
    'endpoint pinned',
    'endpoint pinned /nope',
  ].map((words) => `seg6local action End ${words}`),
  'ila',
  ...['x', '1:2:3:4:5', '10000:2:3:4', '1:2::4', ''].map((word) => `ila '${word}'`),
  ...['csum-mode', 'ident-type', 'hook-type'].flatMap((word) => [`ila 1:2:3:4 ${word} x`, `ila 1:2:3:4 ${word}`]),
  'rpl segs',
  'rpl segs x',
  'rpl segs fd00::5 segs fd00::6',
  'bpf',
  'bpf in',
  'bpf in foo',
  'bpf out pinned /nope',
  'bpf out pinned',
  'bpf headroom x',
  'bpf foo',
  'xfrm',
  'xfrm if_id',
  'xfrm if_id 0',
  'xfrm if_id x',
  'xfrm if_id 5 if_id 6',
  'xfrm link_dev nope',
  'xfrm link_dev v0',
  'xfrm if_id 5',
  ...[
    '',
    'foo',
    'mode',
    'mode foo',
    ...['', 'x', '1', '5/2', '0/0', '1/x', '1/2/3', '1000001/1000002'].map((word) => `freq ${word}`),
    'mode inline',
    'mode encap trace',
    'mode encap tundst x',
    'mode inline tundst fd00::5',
    'trace',
    'trace foo',
    ...['', 'foo', 'type', 'type x', 'type 0', 'type 1', 'type 1 foo', 'type 1 ns', 'type 1 ns 70000'].map(
      (words) => `trace prealloc ${words}`,
    ),
    ...['foo', 'size', 'size x', 'size 0', 'size 5', 'size 248', 'size 8 foo'].map(
      (words) => `trace prealloc type 1 ns 1 ${words}`,
    ),
  ].map((words) => `ioam6 ${words}`),
];

/** Routes that this kernel need not know: a file of `ip route save`, base64. */
const saved = `\
JBIxRXgAAAAYAAIAAQAAAAAAAAAKQAAA/gMAAQAAAAAUAAEA/RMAAAAAAAAAAAAAAAAAAAYAFQAIAAAAMAAWACwAAQAABAMCAAAAAP0AAAAAAAAAAAAAAAAA\
AAX+AAAAAAAAAAAAAAAAAAAFCAAEAAEAAAAIAA8A/gAAAHAAAAAYAAIAAQAAAAAAAAAKQAAA/gMAAQAAAAAUAAEA/RQAAAAAAAAAAAAAAAAAAAYAFQAJAAAA\
KAAWAAgABAACAAAACAAFAAUAAAAFAAEAAQAAAAwAAwAAAQADgAAAAAgABAABAAAACAAPAP4AAACEAAAAGAACAAEAAAAAAAAACkAAAP4DAAEAAAAAFAABAP0U\
AAAAAAAAAAAAAAAAAAAGABUACQAAADwAFgAIAAQAAQAAAAgABQABAAAABQABAAIAAAAUAAIA/QAAAAAAAAAAAAAAAAAABQwAAwAAAAgEwAEAAAgABAABAAAA\
CAAPAP4AAACEAAAAGAACAAEAAAAAAAAACkAAAP4DAAEAAAAAFAABAP0VAAAAAAAAAAAAAAAAAAAGABUACQAAADwAFgAIAAQAAQAAAAgABQABAAAABQABAAMA\
AAAUAAIA/QAAAAAAAAAAAAAAAAAABQwAAwD//wA9AAACAAgABAABAAAACAAPAP4AAABwAAAAGAACAAEAAAAAAAAACkAAAP4DAAEAAAAAFAABAP0VAAAAAAAA\
AAAAAAAAAAAGABUACQAAACgAFgAIAAQAAQAAAAgABQABAAAABQABAAcAAAAMAAMA//8APQAAAgAIAAQAAQAAAAgADwD+AAAAXAAAABgAAgABAAAAAAAAAApA\
AAD+AwABAAAAABQAAQD9FgAAAAAAAAAAAAAAAAAABgAVAAoAAAAUABYACAABACoAAAAIAAIAAQAAAAgABAABAAAACAAPAP4AAABUAAAAGAACAAEAAAAAAAAA\
CkAAAP4DAAEAAAAAFAABAP0WAAAAAAAAAAAAAAAAAAAGABUACgAAAAwAFgAIAAEABQAAAAgABAABAAAACAAPAP4AAAB8AAAAGAACAAEAAAAAAAAACkAAAP4D\
AAEAAAAAFAABAP0XAAAAAAAAAAAAAAAAAAAGABUABgAAADQAFgAQAAGACgACAHA6W3hdAAAADAACgAYAAgBxAAAADAADgAYAAgByAAAACAAEAAcAAAAIAAQA\
AQAAAAgADwD+AAAAWAAAABgAAgABAAAAAAAAAApAAAD+AwABAAAAABQAAQD9GAAAAAAAAAAAAAAAAAAABgAVAAMAAAAQABYADAABAAABAAIAAwAECAAEAAEA\
AAAIAA8A/gAAAHAAAAAYAAIAAQAAAAAAAAAKQAAA/gMAAQAAAAAUAAEA/RgAAAAAAAAAAAAAAAAAAAYAFQADAAAAKAAWAAwAAQAAAQACAAMABAUABwAAAAAA\
BQAIAAAAAAAFAAkAAAAAAAgABAABAAAACAAPAP4AAABwAAAAGAACAAEAAAAAAAAACkAAAP4DAAEAAAAAFAABAP0YAAAAAAAAAAAAAAAAAAAGABUAAwAAACgA\
FgAMAAEAAAEAAgADAAQFAAcAAQAAAAUACAABAAAABQAJAAEAAAAIAAQAAQAAAAgADwD+AAAAcAAAABgAAgABAAAAAAAAAApAAAD+AwABAAAAABQAAQD9GAAA\
AAAAAAAAAAAAAAAABgAVAAMAAAAoABYADAABAAABAAIAAwAEBQAHAAIAAAAFAAgAIAAAAAUACQAAAAAACAAEAAEAAAAIAA8A/gAAAGgAAAAYAAIAAQAAAAAA\
AAAKQAAA/gMAAQAAAAAUAAEA/RgAAAAAAAAAAAAAAAAAAAYAFQADAAAAIAAWAAwAAQAAAQACAAMABAUABwADAAAABQAIAAIAAAAIAAQAAQAAAAgADwD+AAAA\
cAAAABgAAgABAAAAAAAAAApAAAD+AwABAAAAABQAAQD9GAAAAAAAAAAAAAAAAAAABgAVAAMAAAAoABYADAABAAABAAIAAwAEBQAHAAkAAAAFAAgAYwAAAAUA\
CQAJAAAACAAEAAEAAAAIAA8A/gAAAIwAAAAYAAIAAQAAAAAAAAAKQAAA/gMAAQAAAAAUAAEA/RkAAAAAAAAAAAAAAAAAAAYAFQAHAAAARAAWAAgAAQAPAAAA\
EAAIgAkAAgBwcm9nAAAAACgACoAMAAIABwAAAAAAAAAMAAMACAAAAAAAAAAMAAQACQAAAAAAAAAIAAQAAQAAAAgADwD+AAAAtAAAABgAAgABAAAAAAAAAApA\
AAD+AwABAAAAABQAAQD9GQAAAAAAAAAAAAAAAAAABgAVAAcAAABsABYACAABAAoAAABEAAIAAAcEAAAIAAD9AAAAAAAAAAAAAAAAAAAFBSYAAAAAGisAAAAA\
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABwAC4AIAAEAEgAAAAUAAgAgAAAABQADABAAAAAIAAQAAQAAAAgADwD+AAAAYAAAABgAAgABAAAAAAAAAApA\
AAD+AwABAAAAABQAAQD9GQAAAAAAAAAAAAAAAAAABgAVAAcAAAAYABYACAABAAEAAAAMAAuACAABAB4AAAAIAAQAAQAAAAgADwD+AAAA\
`;

/** What is put around packets: `ip route … encap`. */
export const encapCases: readonly Case[] = [
  ...refused.map((words): Case => ({ line: `-6 route add fd20::/64 encap ${words}`, setup })),
  {
    line: `$IP -6 -force -batch - << END
${granted.join('\n')}
END
for options in '' -s '-d -s -j' '-c -o'; do $IP -6 $options route show proto boot; done`,
    setup,
    changes: true,
  },
  {
    line: `printf %s '${saved}' | base64 -d > saved; for options in '' '-d -s' '-c -N'; do $IP $options route showdump < saved; done`,
    changes: true,
  },
];
