import { defineVerb } from '../define-verb.ts';
import { writeJson } from '../json.ts';
import { readVersion } from '../version.ts';

export const verb = defineVerb({
  name: 'version',
  summary: 'tell the version',
  usage: [''],
  notes: [],
  options: {},
  examples: [['netns version', 'the version of this command']],
  otherWords: [],
  async run({ json, io }) {
    const version = readVersion();
    if (json) writeJson(io, { version });
    else io.stdout.write(`netns ${version}\n`);
    return 0;
  },
});
