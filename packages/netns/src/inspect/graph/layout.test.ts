import { describe, expect, it } from 'vitest';
import { layOut, type Sized, type Wire } from './layout.ts';

const box = (key: string, height = 78): Sized => ({ key, width: 140, height });
const wire = (from: string, to: string, at = 50): Wire => ({ from: { key: from, at }, to: { key: to, at: 50 } });

const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}${index}`);
const shapes: Readonly<Record<string, { readonly boxes: readonly Sized[]; readonly wires: readonly Wire[] }>> = {
  nothing: { boxes: [], wires: [] },
  'boxes without lines': { boxes: many(20, 'b').map((key) => box(key)), wires: [] },
  'a bridge with three': {
    boxes: [box('r', 214), box('a'), box('b'), box('c')],
    wires: ['a', 'b', 'c'].map((key, index) => wire('r', key, 50 + 34 * index)),
  },
  'a bridge with thirty': {
    boxes: [box('r', 1100), ...many(30, 'h').map((key) => box(key))],
    wires: many(30, 'h').map((key, index) => wire('r', key, 50 + 34 * index)),
  },
  'a chain': {
    boxes: many(12, 'c').map((key) => box(key)),
    wires: many(11, 'c').map((key, index) => wire(key, `c${index + 1}`)),
  },
  'a ring': {
    boxes: many(7, 'o').map((key) => box(key)),
    wires: many(7, 'o').map((key, index) => wire(key, `o${(index + 1) % 7}`)),
  },
  'two pairs, one alone, and a cable within one': {
    boxes: ['a', 'b', 'c', 'd', 'e'].map((key) => box(key)),
    wires: [wire('a', 'b'), wire('c', 'd'), wire('e', 'e', 90)],
  },
};

describe.each(Object.entries(shapes))('%s', (_, { boxes, wires }) => {
  const places = layOut(boxes, wires);
  const placed = boxes.map((each) => ({ ...each, ...(places.get(each.key) ?? { x: -1, y: -1, column: 0 }) }));

  it('lies apart, and nothing is left out', () => {
    for (const [index, a] of placed.entries()) {
      expect(a.x >= 0 && a.y >= 0).toBe(true);
      for (const b of placed.slice(index + 1))
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
          true,
        );
    }
  });

  it('has no box between the ends of a line', () => {
    const at = new Map(placed.map((each) => [each.key, each]));
    for (const { from, to } of wires) {
      const [a, b] = [at.get(from.key), at.get(to.key)];
      if (a === undefined || b === undefined || a.column === b.column) continue;
      const [left, right] = a.x < b.x ? [a, b] : [b, a];
      const [top, bottom] = [Math.min(left.y, right.y), Math.max(left.y + left.height, right.y + right.height)];
      const between = placed.filter(
        (each) =>
          each.x >= left.x + left.width &&
          each.x + each.width <= right.x &&
          each.y < bottom &&
          each.y + each.height > top,
      );
      expect(between).toEqual([]);
    }
  });
});

it('spreads many to both sides, and keeps their order', () => {
  const { boxes, wires } = shapes['a bridge with thirty'] ?? { boxes: [], wires: [] };
  const places = layOut(boxes, wires);
  const counts = new Map<number, number>();
  for (const { column } of places.values()) counts.set(column, (counts.get(column) ?? 0) + 1);
  expect([...counts.values()].sort((a, b) => a - b)).toEqual([1, 15, 15]);
  expect(places.get('h0')?.y).toBeLessThan(places.get('h2')?.y ?? 0);
});

it('is quick enough for thousands', () => {
  const hosts = many(3000, 'h');
  expect(
    layOut(
      [box('r', 9999), ...hosts.map((key) => box(key))],
      hosts.map((key, index) => wire('r', key, index)),
    ).size,
  ).toBe(3001);
});
