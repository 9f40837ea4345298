import { fstatSync, openSync, readSync } from 'node:fs';
import { apply } from '../../document/apply.ts';
import { type Located, readDocument } from '../../document/text.ts';
import { DocumentError, documentProblemText } from '../../errors.ts';
import { defineVerb } from '../define-verb.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { note } from '../report.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'apply',
  summary: 'make the networks of namespaces what a document says, changing only what differs',
  usage: ['FILE|-'],
  notes: [
    'Namespaces that do not exist are made. Each section that the document has says all there is to be of its kind; a section that\n' +
      'it has not is left alone. Everything is read back afterwards, and when something fails, all is made again as it was.\n' +
      'What was done, or with `--dry-run` would be done, is written as commands of `ip`, one on a line.',
  ],
  options: { 'dry-run': { summary: 'change nothing: only tell what would be done', letter: 'n' } },
  examples: [
    ['netns apply lab.yaml', 'do it'],
    ['netns apply lab.yaml --dry-run', 'see what it would do'],
    ['netns apply - < lab.yaml', 'from standard input'],
  ],
  otherWords: ['restore', 'import', 'load'],
  async run({ words, options, json, io }) {
    const [file, ...rest] = words;
    if (file === undefined) throw new UsageError('which file?');
    if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much`);
    let source: Located | undefined;
    try {
      source = await readDocument(textOf(file), file === '-' ? 'standard input' : file);
      const dryRun = options['dry-run'] === true;
      const progress = progressOn(io);
      const steps = await apply(source.document, {
        ...io.names,
        dryRun,
        onStep: (_, index, all) => progress.tell(index + 1, all.length),
      }).finally(() => progress.end());
      if (json) writeJson(io, { done: !dryRun, steps });
      else for (const { commands } of steps) for (const command of commands) io.stdout.write(`${command}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      for (const problem of source?.locate(error).problems ?? error.problems)
        note(io, documentProblemText(problem, file === '-' ? 'standard input' : file));
      return 1;
    }
  },
});

/** No more than can be a document: a device file, say, never ends. */
const most = 65 * 1024 * 1024;

function textOf(file: string): string {
  const fd = file === '-' ? 0 : openSync(file, 'r');
  const chunks: Buffer[] = [];
  let length = fstatSync(fd).isDirectory() ? fail(file) : 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const count = readSync(fd, chunk, 0, chunk.length, null);
    if (count === 0 || length > most) return Buffer.concat(chunks).toString('utf8');
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
}

function fail(file: string): never {
  throw new DocumentError([{ path: [], message: `${file} is a directory` }]);
}

/** One line that changes, on a terminal only. */
function progressOn({ stderr }: Io): { tell(done: number, all: number): void; end(): void } {
  let shown = false;
  return {
    tell(done, all) {
      if (!stderr.isTerminal) return;
      shown = true;
      stderr.write(`\r${done} of ${all}`);
    },
    end() {
      if (shown) stderr.write('\r\x1b[K');
    },
  };
}
