import type { Topology, TopologyLink, TopologyNamespace } from '../topology.ts';
import { layOut, type Placed } from './layout.ts';
import { drawnLinks, type Edge, edgesOf, endKey, factsOf, plainText, titleOf } from './model.ts';

const row = 34;
const head = 34;
const margin = 24;
const indent = 18;
/** Of a letter, about. */
const letter = 7.2;
/** Longer texts are cut; the whole stands in what a pointer shows. */
const longest = 48;
const words = { cable: 'cable', member: 'belongs to', below: 'stands on' } as const;

/** A device as it is drawn: indented below the one that it belongs to, or stands on. */
interface Row {
  readonly link: TopologyLink;
  readonly facts: string;
  readonly depth: number;
  readonly above: { readonly row: number; readonly kind: Edge['kind'] } | undefined;
}

interface Box {
  readonly key: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
}

interface Port {
  readonly box: Box & Placed;
  readonly y: number;
  /** Where its row begins. */
  readonly left: number;
}

/** A topology as a picture of its own: an SVG that needs no other file, light or dark as its reader likes. */
export function svgOf(topology: Topology): string {
  const titles = new Map(topology.namespaces.map((each) => [each.key, plainText(titleOf(each))]));
  const sizes = topology.namespaces.map((namespace) => boxOf(namespace, titles));
  const spots = new Map(
    sizes.flatMap(({ key, rows }) =>
      rows.map(({ link: { index }, depth }, at) => {
        const spot = { y: head + row * at + row / 2, left: 8 + depth * indent };
        return [endKey({ namespace: key, index }), spot] as const;
      }),
    ),
  );
  const nested = new Set(sizes.flatMap(nestedEdges));
  const edges = edgesOf(topology).filter((edge) => !nested.has(edgeKey(edge)));
  const port = (end: Edge['from']) => ({ key: end.namespace, at: spots.get(endKey(end))?.y ?? 0 });
  const places = layOut(
    sizes,
    edges.map(({ from, to }) => ({ from: port(from), to: port(to) })),
  );
  const boxes = new Map(
    sizes.map((size) => {
      const { x, y, column } = places.get(size.key) ?? { x: 0, y: 0, column: 0 };
      return [size.key, { ...size, x: x + margin, y: y + margin, column }] as const;
    }),
  );
  const all = [...boxes.values()];
  const kinds = new Set(
    [...edges, ...sizes.flatMap(({ rows }) => rows.flatMap(({ above }) => above ?? []))].map(({ kind }) => kind),
  );
  const bottom = Math.max(...all.map((box) => box.y + box.height), 40);
  const at = (end: Edge['from']): Port | undefined => {
    const box = boxes.get(end.namespace);
    const spot = spots.get(endKey(end));
    return box && spot && { box, y: box.y + spot.y, left: box.x + spot.left };
  };
  const around = edges.some(({ from, to }) => at(from)?.box.column === at(to)?.box.column) ? 70 : 0;
  const width = Math.max(...all.map((box) => box.x + box.width + around), 300) + margin;
  const height = bottom + (kinds.size === 0 ? 0 : 30) + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="system-ui, sans-serif">`,
    style,
    '<rect class="g" width="100%" height="100%"/>',
    ...all.map(drawBox),
    ...edges.map(({ kind, from, to }) => drawLine(kind, at(from), at(to))),
    ...[...kinds].map((kind, index) => drawKind(kind, margin + 120 * index, bottom + 30)),
    '</svg>',
    '',
  ].join('\n');
}

const style = [
  '<style>.g{fill:#fff}.b{fill:#f8fafc;stroke:#cbd5e1}.h{font-weight:600;font-size:14px;fill:#0f172a}.n{font-size:13px;fill:#0f172a}.f{font-size:11px;fill:#64748b}.p{fill:#e2e8f0}',
  '.l,.t{fill:none;stroke-width:1.8}.t{stroke-width:1.4}.cable{stroke:#2563eb}.member{stroke:#9333ea}.below{stroke:#059669}',
  '@media(prefers-color-scheme:dark){.g{fill:#0f172a}.b{fill:#1e293b;stroke:#475569}.h,.n{fill:#f1f5f9}.f{fill:#a9b6c9}.p{fill:#334155}.cable{stroke:#60a5fa}.member{stroke:#c084fc}.below{stroke:#34d399}}</style>',
].join('\n');

function boxOf(namespace: TopologyNamespace, titles: ReadonlyMap<string, string>): Box {
  const title = cut(plainText(titleOf(namespace)));
  const rows = rowsOf(namespace, titles);
  const widest = Math.max(
    widthOf(title) * 1.2,
    ...rows.map(
      ({ link, facts, depth }) =>
        Math.max(widthOf(cut(plainText(link.name))), widthOf(cut(facts)) * 0.92) + (depth * indent) / letter,
    ),
  );
  const height = head + row * rows.length + 10;
  return { key: namespace.key, title, rows, width: Math.max(120, widest * letter + 36), height };
}

/** Devices in their order, each followed by those that belong to it or stand on it. */
function rowsOf(namespace: TopologyNamespace, titles: ReadonlyMap<string, string>): Row[] {
  const links = drawnLinks(namespace);
  const byIndex = new Map(links.map((link) => [link.index, link]));
  const aboveOf = ({ index, master, below }: TopologyLink): { at: number; kind: Edge['kind'] } | undefined => {
    const isHere = (at: number | undefined): at is number => at !== undefined && at !== index && byIndex.has(at);
    if (isHere(master)) return { at: master, kind: 'member' };
    const at = below?.namespace === namespace.key ? below.index : undefined;
    return isHere(at) ? { at, kind: 'below' } : undefined;
  };
  const rows: Row[] = [];
  const seen = new Set<TopologyLink>();
  const add = (link: TopologyLink, depth: number, above: Row['above']) => {
    if (seen.has(link)) return;
    seen.add(link);
    const number = rows.length;
    const { underlay, below } = link;
    const through =
      underlay === undefined || below !== undefined ? [] : [`through ${titles.get(underlay) ?? underlay}`];
    rows.push({ link, facts: plainText([factsOf(link), ...through].filter(Boolean).join(' ')), depth, above });
    for (const other of links) {
      const over = aboveOf(other);
      if (over?.at === link.index) add(other, depth + 1, { row: number, kind: over.kind });
    }
  };
  for (const link of links) if (aboveOf(link) === undefined) add(link, 0, undefined);
  for (const link of links) add(link, 0, undefined); // what would be above itself
  return rows;
}

function edgeKey({ kind, from, to }: Edge): string {
  return `${kind} ${endKey(from)} ${endKey(to)}`;
}

/** Lines that the order of the rows tells already. */
function nestedEdges({ key, rows }: Box): string[] {
  return rows.flatMap(({ link, above }) => {
    const over = above && rows[above.row]?.link;
    if (above === undefined || over === undefined) return [];
    const [from, to] = [link, over].map(({ index }) => ({ namespace: key, index })) as [Edge['from'], Edge['from']];
    return [edgeKey({ kind: above.kind, from, to })];
  });
}

function drawBox({ title, rows, x, y, width, height }: Box & Placed): string {
  const left = (depth: number) => x + 8 + depth * indent;
  /** How far the line down from a row has come. */
  const reached = new Map<number, number>();
  const elbow = ({ depth, above }: Row, middle: number) => {
    if (above === undefined) return '';
    const from = reached.get(above.row) ?? y + head + row * (above.row + 1) - 2;
    reached.set(above.row, middle);
    return `<path class="t ${above.kind}" d="M${round(left(depth) - 9)} ${round(from)}V${round(middle)}H${round(left(depth))}"/>`;
  };
  const drawn = rows.map((each, index) => {
    const { link, facts, depth } = each;
    const top = y + head + row * index;
    const name = plainText(link.name);
    const whole = cut(name) === name && cut(facts) === facts ? '' : `<title>${escapeText(`${name} ${facts}`)}</title>`;
    return [
      `<g>${whole}<rect class="p" x="${round(left(depth))}" y="${round(top + 2)}" width="${round(width - 16 - depth * indent)}" height="${row - 4}" rx="6"/>`,
      `<text class="n" x="${round(left(depth) + 8)}" y="${round(top + (facts === '' ? 21 : 15))}">${escapeText(cut(name))}</text>`,
      facts === ''
        ? ''
        : `<text class="f" x="${round(left(depth) + 8)}" y="${round(top + 27)}">${escapeText(cut(facts))}</text>`,
      '</g>',
      elbow(each, top + row / 2),
    ].join('');
  });
  return `<g><rect class="b" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="10"/><text class="h" x="${round(x + 14)}" y="${round(y + 22)}">${escapeText(title)}</text>${drawn.join('')}</g>`;
}

function drawLine(kind: Edge['kind'], a: Port | undefined, b: Port | undefined): string {
  if (a === undefined || b === undefined) return '';
  const sameColumn = a.box.column === b.box.column;
  const [left, right] = a.box.x <= b.box.x ? [a, b] : [b, a];
  const x1 = left.box.x + left.box.width - 8;
  const x2 = sameColumn ? right.box.x + right.box.width - 8 : right.left;
  // Within a column a line goes around the right side; the farther apart, the wider.
  const around = Math.max(x1, x2) + 22 + Math.min(60, Math.abs(left.y - right.y) / 6);
  const bend = Math.max(40, (x2 - x1) / 2);
  const [c1, c2] = sameColumn ? [around, around] : [x1 + bend, x2 - bend];
  return `<path class="l ${kind}" d="M${round(x1)} ${round(left.y)}C${round(c1)} ${round(left.y)} ${round(c2)} ${round(right.y)} ${round(x2)} ${round(right.y)}"/>`;
}

/** What a colour means. */
function drawKind(kind: Edge['kind'], x: number, y: number): string {
  return `<path class="l ${kind}" d="M${round(x)} ${round(y)}h24"/><text class="f" x="${round(x + 30)}" y="${round(y + 4)}">${words[kind]}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Letters of East Asia and small pictures are as wide as two others. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Extended_Pictographic}]/u;

function widthOf(text: string): number {
  return [...text].reduce((sum, each) => sum + (wide.test(each) ? 1.9 : 1), 0);
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
