import type { Path } from './check.ts';

/** One key or value of a JSON text: where it stands. */
interface Found {
  path(): Path;
  /** Of the key, for a member of an object; else of the value. */
  readonly offset: number;
}

interface Level {
  /** The keys of an object; undefined for an array. */
  readonly keys: Set<string> | undefined;
  at: string | number;
}

const token = /\s*(?:("(?:[^"\\]|\\.)*")|([[{])|([\]}])|([,:])|[^\s,:[\]{}"]+)/gy;

/**
 * Goes through a JSON text that is known to be sound, calling `visit` for each value and for each key, with whether the key was there before.
 * `JSON.parse` tells neither: of two equal keys it takes the last. Gives whether there are more levels than `most`; then it stops.
 */
export function scanJson(
  text: string,
  most: number,
  visit: (found: Found, isKey: boolean, again: boolean) => void,
): boolean {
  const levels: Level[] = [];
  const path = (): Path => levels.map(({ at }) => at);
  let expectsKey = false;
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [whole, quoted, opened, closed, mark] = match;
    const offset = match.index + whole.length - whole.trimStart().length;
    const top = levels.at(-1);
    if (mark === ',') {
      if (top !== undefined && top.keys === undefined) top.at = (top.at as number) + 1;
      expectsKey = top?.keys !== undefined;
    } else if (mark === ':') expectsKey = false;
    else if (closed !== undefined) {
      levels.pop();
      expectsKey = false;
    } else if (expectsKey && top?.keys !== undefined && quoted !== undefined) {
      const key = JSON.parse(quoted) as string;
      top.at = key;
      visit({ path, offset }, true, top.keys.has(key));
      top.keys.add(key);
    } else {
      visit({ path, offset }, false, false);
      if (opened === '{') levels.push({ keys: new Set(), at: '' });
      else if (opened === '[') levels.push({ keys: undefined, at: 0 });
      expectsKey = opened === '{';
      if (levels.length > most) return true;
    }
  }
  return false;
}
