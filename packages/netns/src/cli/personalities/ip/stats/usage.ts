import { Exit, failure } from '../exit.ts';
import { leaves } from './groups.ts';

/** In the order in which `ip` names them. */
const groups = ['link', 'xstats', 'xstats_slave', 'offload', 'afstats'];

/** What a group consists of, and what that consists of; `ip` has it in the reverse of the order in which it shows them. */
function contents(group: string): string {
  const parts = new Map<string, string[]>();
  for (const { path } of leaves) {
    const [itsGroup, subgroup, suite] = path;
    if (itsGroup !== group || subgroup === undefined) continue;
    const suites = parts.get(subgroup) ?? [];
    parts.set(subgroup, suite === undefined ? suites : [suite, ...suites]);
  }
  const words = [...parts]
    .reverse()
    .map(([subgroup, suites]) => [subgroup, ...suites.map((each) => `[ suite ${each} ]`)]);
  return words.map((each) => each.join(' ')).join(' | ');
}

export const statsUsage = `\
Usage: ip stats help
       ip stats show [ dev DEV ] [ group GROUP [ subgroup SUBGROUP [ suite SUITE ] ... ] ... ] ...
       ip stats set dev DEV l3_stats { on | off }
GROUP := { ${groups.join(' | ')} }
${groups
  .filter((group) => contents(group) !== '')
  .map((group) => `${group} SUBGROUP := { ${contents(group)} }\n`)
  .join('')}`;

export function statsHelp(): never {
  throw new Exit(statsUsage, 0, false);
}

/** What follows is the exit code of EINVAL. */
export function unknownWord(word: string): Exit {
  return failure(`What is "${word}"?\n${statsUsage.trimEnd()}`, 22);
}
