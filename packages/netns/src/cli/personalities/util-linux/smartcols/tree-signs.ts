/** What a tree is drawn with. */
export interface TreeSigns {
  readonly branch: string;
  readonly last: string;
  readonly vertical: string;
}

export const utf8Signs: TreeSigns = { branch: '├─', last: '└─', vertical: '│ ' };
export const asciiSigns: TreeSigns = { branch: '|-', last: '`-', vertical: '| ' };
export const noLine = '  ';

/** Whether the locale of an environment can show more than ASCII. locale(7): the first of these that is not empty counts. */
export function isUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}
