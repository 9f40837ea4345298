import { closest } from '../../closest.ts';
import { describe } from '../../document/describe.ts';
import type { SectionName } from '../../document/document.ts';
import { documentJsonSchema } from '../../document/schema-document.ts';
import { sectionNames } from '../../document/section-names.ts';
import { formatDocument, isTooMuchYaml } from '../../document/text.ts';
import { listNames } from '../../namespaces/names.ts';
import { defineVerb } from '../define-verb.ts';
import { writeJson } from '../json.ts';
import { note } from '../report.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'export',
  summary: 'write the networks of namespaces as a document, for apply',
  usage: ['NAME...', '--all', '--schema'],
  notes: [
    `Sections: ${sectionNames.join(', ')}.\n` +
      'What the kernel makes by itself is left out. The name `.` is the namespace that this command runs in. The document is YAML,\n' +
      'with `--json` JSON.',
  ],
  options: {
    all: { summary: 'of all namespaces that have a name', letter: 'a' },
    section: { summary: 'only this section of each', value: 'SECTION', many: true, letter: 's' },
    schema: { summary: 'write the JSON Schema of documents instead' },
  },
  examples: [
    ['netns export blue red > lab.yaml', 'two namespaces, with what is between them'],
    ['netns export blue --section routes --json', 'routes only, for programs'],
  ],
  otherWords: ['save', 'dump', 'backup'],
  async run({ words, options, json, io }) {
    if (options.schema) {
      if (words.length > 0) throw new UsageError(`'${words.join(' ')}' is too much`);
      writeJson(io, documentJsonSchema());
      return 0;
    }
    if (words.length === 0 && !options.all) throw new UsageError('which name?');
    const names = options.all ? listNames(io.names).map(({ name }) => name) : [];
    const sections = options.section?.map(sectionOf);
    const document = await describe([...new Set([...names, ...words])], { ...io.names, sections });
    if (json) {
      writeJson(io, document);
      return 0;
    }
    const yaml = await formatDocument(document);
    io.stdout.write(yaml);
    if (isTooMuchYaml(yaml)) note(io, 'this is more YAML than apply takes: say --json, of which it takes 64 MiB');
    return 0;
  },
});

function sectionOf(word: string): SectionName {
  const found = sectionNames.find((name) => name === word);
  if (found !== undefined) return found;
  const near = closest(word, sectionNames);
  throw new UsageError(
    `there is no section '${word}'${near === undefined ? `: there are ${sectionNames.join(', ')}` : `: did you mean '${near}'?`}`,
  );
}
