import type { ColorChoice } from '../options.ts';

/** What is painted; the colours themselves are the terminal's. */
export type Tint = 'ifname' | 'mac' | 'inet' | 'inet6' | 'up' | 'down';
export type Paint = (tint: Tint | undefined, text: string) => string;

const codes: Readonly<Record<Tint, number>> = { ifname: 36, mac: 33, inet: 35, inet6: 34, up: 32, down: 31 };

/** No colours: for JSON, for pipes, and unless they were asked for. */
export const plain: Paint = (_tint, text) => text;

/**
 * How to colour, given the choice of `-color`, what stdout is, and the environment. `COLORFGBG` (foreground;background, set by some
 * terminals) may tell of a light background; on all others `ip` prints bold. A non-empty `NO_COLOR` forbids colours, as in all of netns.
 */
export function paintFor(
  choice: ColorChoice,
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const wanted = choice === 'always' || (choice === 'auto' && isTerminal);
  if (!wanted || (env.NO_COLOR ?? '') !== '') return plain;
  const background = /;([^;]*)$/.exec(env.COLORFGBG ?? '')?.[1];
  const bold = background === undefined || /^[0-68]$/.test(background) ? '1;' : '';
  // blue is too dark there
  const own = bold === '' ? codes : { ...codes, inet6: 94 };
  return (tint, text) => (tint === undefined ? text : `\u001b[${bold}${own[tint]}m${text}\u001b[0m`);
}
