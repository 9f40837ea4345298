import type { Topology, TopologyLink } from '../topology.ts';
import { drawnLinks, type Edge, edgesOf, endKey, factsOf, titleOf } from './model.ts';

const row = 34;
const head = 34;
const gap = { x: 110, y: 30 };
const margin = 24;
/** Of a letter, about. */
const letter = 7.2;
const colours = { cable: '#2563eb', member: '#9333ea', below: '#059669' } as const;

interface Box {
  readonly title: string;
  readonly links: readonly TopologyLink[];
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A topology as a picture of its own: an SVG that needs no other file, light or dark as its reader likes. */
export function svgOf(topology: Topology): string {
  const boxes = layOut(topology);
  const width = Math.max(...boxes.map((box) => box.x + box.width), 200) + margin + gap.x / 2;
  const height = Math.max(...boxes.map((box) => box.y + box.height), 40) + margin;
  const places = new Map(
    boxes.flatMap((box) =>
      box.links.map(
        (link, index) =>
          [
            endKey({ namespace: box.key, index: link.index }),
            { box, y: box.y + head + row * index + row / 2 },
          ] as const,
      ),
    ),
  );
  const lines = edgesOf(topology).map((edge) => lineOf(edge, places));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="system-ui, sans-serif">`,
    '<style>.b{fill:#f8fafc;stroke:#cbd5e1}.h{font-weight:600;font-size:14px;fill:#0f172a}.n{font-size:13px;fill:#0f172a}.f{font-size:11px;fill:#64748b}.l{fill:none;stroke-width:1.8}.p{fill:#e2e8f0}',
    '@media(prefers-color-scheme:dark){.b{fill:#1e293b;stroke:#475569}.h,.n{fill:#f1f5f9}.f{fill:#94a3b8}.p{fill:#334155}}</style>',
    ...boxes.map(drawBox),
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** In columns of about the same height, side by side. */
function layOut(topology: Topology): Box[] {
  const sizes = topology.namespaces.map((namespace) => {
    const links = drawnLinks(namespace);
    const title = titleOf(namespace);
    const longest = Math.max(
      title.length * 1.15,
      ...links.map((link) => Math.max(link.name.length, factsOf(link).length * 0.9)),
    );
    return {
      title,
      links,
      key: namespace.key,
      width: Math.max(120, longest * letter + 36),
      height: head + row * Math.max(links.length, 0) + 10,
    };
  });
  const all = sizes.reduce((sum, { height }) => sum + height + gap.y, 0);
  const columns = Math.max(1, Math.ceil(Math.sqrt(all / 260)));
  const tallest = all / columns;
  const boxes: Box[] = [];
  let [x, y, widest] = [margin, margin, 0];
  for (const size of sizes) {
    if (y > margin && y + size.height / 2 > tallest) [x, y, widest] = [x + widest + gap.x, margin, 0];
    boxes.push({ ...size, x, y });
    y += size.height + gap.y;
    widest = Math.max(widest, size.width);
  }
  return boxes;
}

function drawBox({ title, links, x, y, width, height }: Box): string {
  const texts = links.map((link, index) => {
    const top = y + head + row * index;
    return [
      `<rect class="p" x="${round(x + 8)}" y="${round(top + 2)}" width="${round(width - 16)}" height="${row - 4}" rx="6"/>`,
      `<text class="n" x="${round(x + 16)}" y="${round(top + 15)}">${escapeText(link.name)}</text>`,
      `<text class="f" x="${round(x + 16)}" y="${round(top + 27)}">${escapeText(factsOf(link))}</text>`,
    ].join('');
  });
  return `<g><rect class="b" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="10"/><text class="h" x="${round(x + 14)}" y="${round(y + 22)}">${escapeText(title)}</text>${texts.join('')}</g>`;
}

function lineOf(
  { kind, from, to }: Edge,
  places: ReadonlyMap<string, { readonly box: Box; readonly y: number }>,
): string {
  const a = places.get(endKey(from));
  const b = places.get(endKey(to));
  if (a === undefined || b === undefined) return '';
  const style = `class="l" stroke="${colours[kind]}"${kind === 'member' ? ' stroke-dasharray="4 3"' : ''}`;
  const sameColumn = a.box.x === b.box.x;
  const [left, right] = a.box.x <= b.box.x ? [a, b] : [b, a];
  const x1 = left.box.x + left.box.width - 8;
  const x2 = sameColumn ? right.box.x + right.box.width - 8 : right.box.x + 8;
  // Within a column a line goes around the right side; the farther apart, the wider.
  const bend = sameColumn ? 22 + Math.min(70, Math.abs(left.y - right.y) / 6) : Math.max(40, (x2 - x1) / 2);
  const c2 = sameColumn ? x2 + bend : x2 - bend;
  return `<path ${style} d="M${round(x1)} ${round(left.y)}C${round(x1 + bend)} ${round(left.y)} ${round(c2)} ${round(right.y)} ${round(x2)} ${round(right.y)}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd');
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
