import type { KindData } from '../schema.ts';

/** Settings of a kind as `ip` takes them: `[id, 7, dstport, 4789]`. `words` are those that are not as the attribute is called. */
export function kindWords(data: KindData, words: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(data).flatMap(([name, value]) => [words[name] ?? snakeCase(name), wordOf(value)]);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function wordOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
