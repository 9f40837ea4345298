import { closeSync, openSync } from 'node:fs';
import { readLines } from '../ip/batch/lines.ts';
import { readBatch } from '../ip/batch/reader.ts';
import { failure, notImplemented } from '../ip/exit.ts';
import { type Io, ReaderGone } from '../ip/io.ts';
import { Output } from '../ip/output.ts';
import { exitOf } from '../ip/report.ts';
import { namespaceForOption } from '../ip/switch-namespace.ts';
import { isPrefix } from '../ip/words.ts';
import { readTcOptions } from './options.ts';
import { TcSession } from './session.ts';

/** The release whose words and listings this program follows. */
export const tcVersion = 'tc utility, iproute2-6.1.0, netns';

const usage = `Usage:	tc [ OPTIONS ] OBJECT { COMMAND | help }
	tc [-force] -batch filename
where  OBJECT := { qdisc | class | filter | chain | action | monitor }
       OPTIONS := { -s[tatistics] | -d[etails] | -j[son] | -p[retty] | -iec | -n[etns] name | -b[atch] file }
`;

type Command = (session: TcSession, words: readonly string[]) => number | Promise<number>;

const qdiscs = () => import('./qdisc/commands.ts');
const filters = () => import('./filter/commands.ts');

/** The objects, in the order in which `tc` compares them, each loaded only when it is meant; what has no command is left to the installed one. */
const objects: readonly (readonly [word: string, load?: () => Promise<Command>])[] = [
  ['qdisc', async () => (await qdiscs()).qdiscCommand],
  ['class', async () => (await qdiscs()).classCommand],
  ['filter', async () => (await filters()).filterCommand],
  ['chain', async () => (await filters()).chainCommand],
  ['actions', async () => (await import('./action/commands.ts')).actionsCommand],
  ['monitor', async () => (await import('./monitor.ts')).monitorCommand],
  ['exec'],
];

/**
 * Runs `tc` with the words behind the program's name and returns its exit code: 0, 1 (could not), 2 (the kernel refused) or 255 (wrong
 * words).
 */
export async function runTc(argv: readonly string[], io: Io): Promise<number> {
  const output = new Output(io.stdout);
  const end = (error: unknown): number => {
    const exit = exitOf(error);
    output.flush();
    io.stderr.write(exit.message);
    return exit.code;
  };
  try {
    const { options, rest, asked } = readTcOptions(argv);
    if (asked === 'Version') output.write(`${tcVersion}\n`);
    if (asked === 'help' || (asked === undefined && rest.length === 0 && options.batch === undefined))
      output.write(usage);
    if (asked === undefined && (rest.length > 0 || options.batch !== undefined)) {
      using namespace =
        options.netns === undefined ? undefined : await namespaceForOption(options.netns, '/run/netns', io.names);
      using session = new TcSession(options, output, namespace, (text) => io.stderr.write(text));
      const code = await (options.batch === undefined
        ? runObject(session, rest)
        : runBatch(session, options.batch, io, end));
      output.flush();
      return code;
    }
    output.flush();
    return 0;
  } catch (error) {
    return error instanceof ReaderGone ? 0 : end(error);
  }
}

async function runObject(session: TcSession, [word = '', ...rest]: readonly string[]): Promise<number> {
  const found = objects.find(([object]) => isPrefix(word, object));
  if (word === 'help') {
    session.output.write(usage);
    return 0;
  }
  if (found === undefined) throw failure(`Object "${word}" is unknown, try "tc help".`);
  const [object, load] = found;
  if (load === undefined) throw notImplemented(`Object "${object}"`);
  const command = await load();
  return command(session, rest);
}

async function runBatch(session: TcSession, file: string, io: Io, end: (error: unknown) => number): Promise<number> {
  const fd = file === '-' ? 0 : openFile(file);
  try {
    let result = 0;
    for (const line of readBatch(readLines(fd), (text) => io.stderr.write(text))) {
      let code = 0;
      try {
        if (line.words.length > 0) code = await runObject(session, line.words);
      } catch (error) {
        code = end(error);
      }
      if (code === 0) continue;
      io.stderr.write(`Command failed ${file}:${line.number}\n`);
      result = 1;
      if (!session.options.force) break;
    }
    return result;
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch {
    throw failure(`Cannot open file "${path}" for reading: No such file or directory`);
  }
}
