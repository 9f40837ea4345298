import { prefix, toText } from '../../ip/inet.ts';
import { illegal, number } from '../kinds/read.ts';
import type { Say } from '../say.ts';
import { actionKind, type Data, readEnd, readSome, skipWord, tellUsers } from './kind.ts';
import { tellVerdict } from './verdict.ts';

const pipe = 3;
const set = 1;
const release = 2;

type Options = NonNullable<Data<'tunnel_key'>['encOpts']>;

/** What a tunnel that collects (`external`) is to put around packets. */
export const tunnelKey = actionKind<Data<'tunnel_key'>>({
  read(words) {
    skipWord(words, 'tunnel_key');
    let tAction: number | undefined;
    let csum = true;
    const draft: Record<string, unknown> = {};
    const addressOf = (side: 'Src' | 'Dst') => (take: () => string) => {
      const found = prefix(take());
      return { [`encIpv${found.family === 'inet' ? 4 : 6}${side}`]: toText(found) };
    };
    readSome<Record<string, unknown>>(words, draft, {
      unset: () => {
        tAction = release;
        return {};
      },
      set: () => {
        tAction = set;
        return {};
      },
      src_ip: addressOf('Src'),
      dst_ip: addressOf('Dst'),
      id: (take) => ({ encKeyId: number(take(), 'id') }),
      dst_port: (take) => ({ encDstPort: number(take(), 'dst_port') }),
      geneve_opts: (take) => ({ encOpts: { geneve: take().split(',').map(readGeneve) } }),
      vxlan_opts: (take) => ({ encOpts: { vxlan: { gbp: number(take(), 'vxlan_opts') } } }),
      erspan_opts: (take) => ({ encOpts: { erspan: readErspan(take()) } }),
      tos: (take) => ({ encTos: number(take(), 'tos') }),
      ttl: (take) => ({ encTtl: number(take(), 'ttl') }),
      csum: () => {
        csum = true;
        return {};
      },
      nocsum: () => {
        csum = false;
        return {};
      },
    });
    if (tAction === undefined) throw illegal('tunnel_key');
    return { ...draft, noCsum: !csum, parms: { ...readEnd(words, pipe), tAction } };
  },
  print(say, data, view) {
    const { parms, tm, encOpts } = data;
    if (parms === undefined) return;
    say.member('kind', 'tunnel_key');
    say.words('tunnel_key ');
    if (parms.tAction === release) say.value('mode', ' %', 'unset');
    else if (parms.tAction === set) {
      say.value('mode', ' %', 'set');
      say.value('src_ip', '\n\tsrc_ip %', data.encIpv4Src ?? data.encIpv6Src);
      say.value('dst_ip', '\n\tdst_ip %', data.encIpv4Dst ?? data.encIpv6Dst);
      say.value('key_id', '\n\tkey_id %', data.encKeyId);
      say.value('dst_port', '\n\tdst_port %', data.encDstPort);
      if (encOpts !== undefined) tellOptions(say, encOpts);
      if (data.noCsum !== undefined) say.value('flag', '\n\t%', data.noCsum ? 'nocsum' : 'csum');
      if (data.encTos) say.value('tos', '\n\ttos 0x%', data.encTos, data.encTos.toString(16));
      if (data.encTtl) say.value('ttl', '\n\tttl %', data.encTtl);
    }
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

export function readGeneve(text: string): { class: number; type: number; data: Uint8Array } {
  const match = /^([0-9a-f]{1,4}):([0-9a-f]{1,2}):((?:[0-9a-f]{8})+)$/i.exec(text);
  if (match === null) throw illegal('geneve_opts');
  const [, group = '', type = '', data = ''] = match;
  return {
    class: Number.parseInt(group, 16),
    type: Number.parseInt(type, 16),
    data: Uint8Array.from(data.match(/../g) ?? [], (each) => Number.parseInt(each, 16)),
  };
}

/** `VERSION:INDEX:DIRECTION:HARDWARE`: the first version has an index, the second the two others. */
export function readErspan(text: string): Record<string, number> {
  const [ver = '', index = '', dir = '', hwid = ''] = text.split(':');
  const value = (word: string) => number(word, 'erspan_opts');
  return value(ver) === 1 ? { ver: 1, index: value(index) } : { ver: value(ver), dir: value(dir), hwid: value(hwid) };
}

export function geneveText({
  class: group = 0,
  type = 0,
  data = new Uint8Array(),
}: NonNullable<Options['geneve']>[number]) {
  const hexadecimal = Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${group.toString(16).padStart(4, '0')}:${type.toString(16).padStart(2, '0')}:${hexadecimal}`;
}

function tellOptions(say: Say, { geneve, vxlan, erspan }: Options): void {
  if (geneve !== undefined) {
    const shown = geneve.map(geneveText).join(',');
    say.value(
      'geneve_opts',
      '\n\tgeneve_opts %',
      geneve.map((each) => ({ class: each.class ?? 0, type: each.type ?? 0, data: [...(each.data ?? [])] })),
      shown,
    );
  }
  if (vxlan?.gbp !== undefined) say.value('vxlan_opts', '\n\tvxlan_opts %', [{ gbp: vxlan.gbp }], vxlan.gbp);
  if (erspan !== undefined) {
    const { ver = 0, index = 0, dir = 0, hwid = 0 } = erspan;
    say.value('erspan_opts', '\n\terspan_opts %', `${ver}:${index}:${dir}:${hwid}`);
  }
}
