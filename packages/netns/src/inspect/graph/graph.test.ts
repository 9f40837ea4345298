import { describe, expect, it } from 'vitest';
import type { Topology, TopologyLink } from '../topology.ts';
import { dotOf } from './dot.ts';
import { mermaidOf } from './mermaid.ts';
import { edgesOf } from './model.ts';
import { svgOf } from './svg.ts';
import { textOf } from './text.ts';

const device = (index: number, name: string, more: Partial<TopologyLink> = {}): TopologyLink => ({
  index,
  name,
  kind: undefined,
  up: true,
  mtu: 1500,
  address: undefined,
  addresses: [],
  master: undefined,
  peer: undefined,
  below: undefined,
  underlay: undefined,
  ...more,
});
const namespace = (key: string, names: readonly string[], ...links: readonly TopologyLink[]) => ({
  key,
  inode: 1,
  names,
  container: undefined,
  current: false,
  initial: false,
  links: [device(1, 'lo'), ...links],
});

const many = (count: number, text: string) => Array.from({ length: count }, () => text);

const evil = 'e<v>"i&l';
const example: Topology = {
  namespaces: [
    namespace(
      'net:[1]',
      ['router'],
      device(2, 'br0', { kind: 'bridge', addresses: ['10.0.0.254/24'] }),
      device(3, 'p-web', { kind: 'veth', master: 2, peer: { namespace: 'net:[2]', index: 2 } }),
    ),
    namespace(
      'net:[2]',
      ['web'],
      device(2, 'eth0', { kind: 'veth', addresses: ['10.0.0.1/24'], peer: { namespace: 'net:[1]', index: 3 } }),
      device(3, 'mv0', { kind: 'macvlan', up: false, below: { namespace: 'net:[2]', index: 2 } }),
      device(4, 'vx0', { kind: 'vxlan', underlay: 'net:[1]' }),
      device(5, evil, { kind: 'veth', peer: { namespace: 'hidden:7', index: 9 } }),
    ),
  ],
  completeness: { kernel: 2, shown: 2, newer: 0, dying: 0, exhaustive: ['net'], unseen: [] },
  closed: [],
};

describe('a topology', () => {
  it('has each cable once, and no line to what is not there', () => {
    expect(
      edgesOf(example).map(
        ({ kind, from, to }) => `${kind} ${from.namespace}/${from.index} ${to.namespace}/${to.index}`,
      ),
    ).toEqual(['cable net:[1]/3 net:[2]/2', 'member net:[1]/3 net:[1]/2', 'below net:[2]/3 net:[2]/2']);
  });

  it('is a tree of text', () => {
    expect(textOf(example)).toEqual([
      'router  net:[1]',
      '├─ br0  bridge 10.0.0.254/24',
      '└─ p-web  veth  ─ eth0 of web  in br0',
      'web  net:[2]',
      '├─ eth0  veth 10.0.0.1/24  ─ p-web of router',
      '├─ mv0  macvlan down  on eth0',
      '├─ vx0  vxlan  through router',
      `└─ ${evil}  veth  ─ device 9 of hidden:7`,
    ]);
  });

  it('is a picture of Mermaid, with nothing that could be taken for its words', () => {
    const text = mermaidOf(example);
    expect(text).toMatch(/^flowchart LR\n {2}subgraph n0\["router"\]\n {4}n0_2\["br0<br>bridge 10\.0\.0\.254\/24"\]\n/);
    expect(text).toContain('\n  n0_3 --- n1_2\n  n0_3 -.->|in| n0_2\n  n1_3 -->|on| n1_2\n');
    expect(text).toContain('n1_5["e#60;v#62;#34;i#38;l<br>veth"]');
  });

  it('is a picture of Graphviz', () => {
    const text = dotOf(example);
    expect(text).toMatch(/^digraph namespaces \{\n/);
    expect(text).toContain(
      '  n0_3 -> n1_2 [dir=none];\n  n0_3 -> n0_2 [style=dashed];\n  n1_3 -> n1_2 [arrowhead=vee];\n}\n',
    );
    expect(text).toContain(`n1_5 [label="e<v>\\"i&l\\nveth"];`);
  });

  it('is a picture of its own, in which nothing lies over another', () => {
    const many = {
      ...example,
      namespaces: Array.from({ length: 30 }, (_, index) =>
        namespace(
          `net:[${index}]`,
          [`n${index}`],
          ...Array.from({ length: index % 7 }, (_, at) => device(at + 2, `eth${at}`)),
        ),
      ),
    };
    for (const each of [example, many]) {
      const svg = svgOf(each);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      const [, width = 0, height = 0] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).map(Number);
      const boxes = [...svg.matchAll(/class="b" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
        ([, x, y, w, h]) => ({
          left: Number(x),
          top: Number(y),
          right: Number(x) + Number(w),
          bottom: Number(y) + Number(h),
        }),
      );
      expect(boxes).toHaveLength(each.namespaces.length);
      for (const [index, a] of boxes.entries()) {
        expect(a.right <= width && a.bottom <= height).toBe(true);
        for (const b of boxes.slice(index + 1))
          expect(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top).toBe(true);
      }
    }
    const svg = svgOf(example);
    expect(svg.match(/<path class="l cable" d="M[^"]*C/g)).toHaveLength(1);
    // What belongs to another device of the same namespace, or stands on it, is indented below that.
    expect(svg.match(/<path class="t member"/g)).toHaveLength(1);
    expect(svg.match(/<path class="t below"/g)).toHaveLength(1);
    expect(svg).toContain('>e&lt;v&gt;&quot;i&amp;l</text>');
  });

  it('has nothing that a picture cannot have, or that turns the rest around', () => {
    const odd = { ...example, namespaces: [namespace('net:[1]', ['a\u0007b'], device(2, 'x\u202ey'))] };
    for (const render of [svgOf, dotOf, mermaidOf]) expect(render(odd)).not.toMatch(/\p{Cf}|\p{Cc}(?<!\n)/u);
    const long = {
      ...example,
      namespaces: [namespace('net:[1]', ['n'], device(2, 'd', { addresses: many(20, '10.0.0.1/24') }))],
    };
    const [, shown = '', whole = ''] = /<title>(.*?)<\/title>.*class="f"[^>]*>(.*?)</.exec(svgOf(long)) ?? [];
    expect([shown.length > 200, whole.length, whole.endsWith('…')]).toEqual([true, 48, true]);
  });

  it('may be empty', () => {
    const empty = { ...example, namespaces: [] };
    expect([textOf(empty), mermaidOf(empty)]).toEqual([[], 'flowchart LR\n']);
    expect(svgOf(empty)).toContain('</svg>');
  });
});
