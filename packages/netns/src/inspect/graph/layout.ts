/** Where boxes go so that no line between them has to cross a third one, as far as that can be had. Pure. */

export interface Sized {
  readonly key: string;
  readonly width: number;
  readonly height: number;
}

/** A line, from a height in one box to a height in another. */
export interface Wire {
  readonly from: { readonly key: string; readonly at: number };
  readonly to: { readonly key: string; readonly at: number };
}

export interface Placed {
  readonly x: number;
  readonly y: number;
  /** Boxes with the same number stand one above the other. */
  readonly column: number;
}

const gap = { x: 110, y: 26, block: 60 };
/** A column may be so much higher than the box in the middle before it is spread to both sides. */
const patience = 1.5;

/**
 * Boxes that hang together go around the one with the most neighbours, in columns by how far from it they are: so lines are between
 * columns side by side, or within one. What has no lines stands below.
 */
export function layOut(boxes: readonly Sized[], wires: readonly Wire[]): ReadonlyMap<string, Placed> {
  const byKey = new Map(boxes.map((box) => [box.key, box]));
  const neighbours = new Map(boxes.map(({ key }) => [key, new Set<string>()]));
  const ends = new Map(boxes.map(({ key }): [string, End[]] => [key, []]));
  for (const { from, to } of wires) {
    if (from.key === to.key) continue;
    neighbours.get(from.key)?.add(to.key);
    neighbours.get(to.key)?.add(from.key);
    ends.get(from.key)?.push({ own: from.at, other: to });
    ends.get(to.key)?.push({ own: to.at, other: from });
  }
  const keys = boxes.map(({ key }) => key);
  const groups = groupsOf(keys, neighbours).sort((a, b) => Number(a.length === 1) - Number(b.length === 1));
  const blocks = groups.map((group) => around(group, { byKey, neighbours, ends }));
  return shelve(blocks);
}

interface Graph {
  readonly byKey: ReadonlyMap<string, Sized>;
  readonly neighbours: ReadonlyMap<string, ReadonlySet<string>>;
  /** The lines of each box: from where in it, to what. */
  readonly ends: ReadonlyMap<string, readonly End[]>;
}

interface End {
  readonly own: number;
  readonly other: Wire['to'];
}

interface Block {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Placed>;
}

/** Those that can be reached from each other; `without`: not through this one. */
function groupsOf(keys: readonly string[], neighbours: Graph['neighbours'], without?: string): string[][] {
  const left = new Set(keys.filter((key) => key !== without));
  const groups: string[][] = [];
  for (const start of keys) {
    if (!left.delete(start)) continue;
    const group = [start];
    for (const key of group) for (const next of neighbours.get(key) ?? []) if (left.delete(next)) group.push(next);
    groups.push(group);
  }
  return groups;
}

function around(group: readonly string[], graph: Graph): Block {
  const { byKey, neighbours, ends } = graph;
  const heightOf = (key: string) => byKey.get(key)?.height ?? 0;
  const widthOf = (key: string) => byKey.get(key)?.width ?? 0;
  const stacked = (keys: readonly string[]) => keys.reduce((sum, key) => sum + heightOf(key) + gap.y, -gap.y);
  const degree = (key: string) => neighbours.get(key)?.size ?? 0;
  const hub = group.reduce((best, key) => (degree(key) > degree(best) ? key : best));

  // Each part that only the hub holds together with the others goes to one side of it, in the order of its lines.
  const parts = groupsOf(group, neighbours, hub).map((keys) => ({
    keys: new Set(keys),
    port: Number.POSITIVE_INFINITY,
  }));
  const partOf = new Map(parts.flatMap((part) => [...part.keys].map((key) => [key, part] as const)));
  for (const { own, other } of ends.get(hub) ?? []) {
    const part = partOf.get(other.key);
    if (part !== undefined) part.port = Math.min(part.port, own);
  }
  parts.sort((a, b) => a.port - b.port || 0);
  const first = [...(neighbours.get(hub) ?? [])];
  const isSpread = parts.length > 1 && stacked(first) > patience * heightOf(hub);
  const columns = new Map<number, string[]>([[0, [hub]]]);
  const heights = { left: 0, right: 0 };
  for (const { keys: part } of parts) {
    const side = isSpread && heights.left <= heights.right ? 'left' : 'right';
    heights[side] += stacked([...part]) + gap.y;
    const sign = side === 'left' ? -1 : 1;
    let layer = [...part].filter((key) => neighbours.get(hub)?.has(key));
    const seen = new Set(layer);
    for (let index = sign; layer.length > 0; index += sign) {
      const column = columns.get(index);
      if (column === undefined) columns.set(index, layer);
      else column.push(...layer);
      const next = layer
        .flatMap((key) => [...(neighbours.get(key) ?? [])])
        .filter((key) => part.has(key) && !seen.has(key));
      layer = [...new Set(next)];
      for (const key of layer) seen.add(key);
    }
  }

  const tops = new Map<string, number>();
  const indexes = [...columns.keys()].sort((a, b) => Math.abs(a) - Math.abs(b));
  for (const index of indexes) {
    const column = columns.get(index) ?? [];
    // In the order of what they hang on, so that lines do not cross.
    const pull = new Map(column.map((key) => [key, pullOf(ends.get(key) ?? [], tops)]));
    column.sort((a, b) => (pull.get(a) ?? 0) - (pull.get(b) ?? 0));
    let y = -stacked(column) / 2;
    for (const key of column) {
      tops.set(key, y);
      y += heightOf(key) + gap.y;
    }
  }

  const places = new Map<string, Placed>();
  const least = Math.min(...tops.values());
  let x = 0;
  for (const index of indexes.sort((a, b) => a - b)) {
    const column = columns.get(index) ?? [];
    const width = Math.max(...column.map(widthOf));
    for (const key of column)
      places.set(key, { x: index < 0 ? x + width - widthOf(key) : x, y: (tops.get(key) ?? 0) - least, column: index });
    x += width + gap.x;
  }
  const height = Math.max(...group.map((key) => (places.get(key)?.y ?? 0) + heightOf(key)));
  return { width: x - gap.x, height, places };
}

/** The middle of where lines come from. */
function pullOf(ends: readonly End[], tops: ReadonlyMap<string, number>): number {
  const heights = ends.flatMap(({ other }) => {
    const top = tops.get(other.key);
    return top === undefined ? [] : [top + other.at];
  });
  return heights.length === 0 ? 0 : heights.reduce((sum, height) => sum + height, 0) / heights.length;
}

/** Blocks side by side, and on the next shelf where there is no room. */
function shelve(blocks: readonly Block[]): Map<string, Placed> {
  const area = blocks.reduce((sum, { width, height }) => sum + (width + gap.block) * (height + gap.block), 0);
  const room = Math.max(Math.sqrt(area) * 1.3, ...blocks.map(({ width }) => width));
  const all = new Map<string, Placed>();
  let [x, y, highest, column] = [0, 0, 0, 0];
  for (const { width, height, places } of blocks) {
    if (x > 0 && x + width > room) [x, y, highest] = [0, y + highest + gap.block, 0];
    for (const [key, place] of places) all.set(key, { x: x + place.x, y: y + place.y, column: column + place.column });
    x += width + gap.block;
    highest = Math.max(highest, height);
    column += 2 * places.size + 1; // columns of different blocks are different
  }
  return all;
}
