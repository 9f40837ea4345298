import type { KindData } from '../schema.ts';

/** Settings of a kind as `ip` takes them: `[id, 7, dstport, 4789]`. `words` are those that are not as the attribute is called. */
export function kindWords(
  data: KindData,
  words: Readonly<Record<string, string>> = {},
  truths: 'no' | 'on' | undefined = undefined,
): string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const word = words[name] ?? snakeCase(name);
    if (typeof value === 'boolean' && truths === 'no') return [value ? word : `no${word}`];
    if (typeof value === 'boolean' && truths === 'on') return [word, value ? 'on' : 'off'];
    return [word, wordOf(value)];
  });
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function wordOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  // What has parts is written part by part: `srcport 1000 2000`.
  return typeof value === 'object' && value !== null ? Object.values(value).join(' ') : String(value);
}
