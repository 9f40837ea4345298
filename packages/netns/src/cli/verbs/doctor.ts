import { defineVerb } from '../define-verb.ts';
import { featureFindings } from '../doctor/features.ts';
import { type Finding, missingEssentials } from '../doctor/finding.ts';
import { kernelFindings } from '../doctor/kernel.ts';
import { readMachineFacts } from '../doctor/machine-facts.ts';
import { privilegeFindings } from '../doctor/privileges.ts';
import { toolFindings } from '../doctor/tools.ts';
import { nothingMore } from '../few-words.ts';
import { writeJson } from '../json.ts';
import { writeTable } from '../table.ts';

export const verb = defineVerb({
  name: 'doctor',
  summary: 'tell what works on this machine, and what forbids the rest',
  usage: [''],
  notes: [
    'One line for each thing: whether it is there, what it is needed for, and what was found. Whatever can be tried is tried, in a\n' +
      'child process that leaves nothing behind. Fails only if something is missing without which nothing works.',
  ],
  options: {},
  examples: [
    ['netns doctor', 'what works for this user'],
    ['netns doctor --json', 'for programs'],
  ],
  otherWords: ['check', 'probe', 'diagnose', 'features'],
  async run({ words, json, io }) {
    nothingMore(words);
    const facts = readMachineFacts();
    const findings = [
      ...kernelFindings(),
      ...privilegeFindings(facts),
      ...(await featureFindings(facts, io.names)),
      ...toolFindings(io.env),
    ];
    const missing = missingEssentials(findings);
    if (json) writeJson(io, findings);
    else
      writeTable<Finding>(
        io,
        [
          {
            title: 'STATE',
            cell: ({ state }) => state,
            look: ({ state }, style) => (state === 'yes' ? style.dim : style.warn),
          },
          { title: 'WHAT', cell: ({ what }) => what, look: (_, style) => style.bold },
          { title: 'NEEDED FOR', cell: ({ neededFor }) => neededFor },
          {
            title: 'FOUND',
            cell: ({ note }) => note,
            look: ({ state }, style) => (state === 'yes' ? style.dim : style.warn),
          },
        ],
        findings,
      );
    return missing.length === 0 ? 0 : 1;
  },
});
