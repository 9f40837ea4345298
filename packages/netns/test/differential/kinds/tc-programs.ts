import { asBuilt, installed, type Run } from './programs.ts';

/** Our `tc`. */
export const ours = asBuilt('tc');

/** The installed `tc`. */
export function theirs(...words: string[]): Run {
  const result = installed('tc', words);
  return { ...result, err: result.err.replaceAll(/^Warning: .*\n/gm, '') }; // what the kernel only remarks
}
