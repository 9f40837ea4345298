import { parseStatLine, type StatLine } from '../namespaces/discover/stat-line.ts';
import { FileReader } from '../native/file-reader.ts';
import { readText } from '../wire/text.ts';

/** What processes run, and who started them: now, or when a snapshot was taken. */
export interface Programs {
  /** The command line; in brackets the kernel's name of it if it has none (kernel threads, zombies). Of one that has ended: `[]`. */
  commandOf(pid: number): string;
  /** Undefined if it has ended. */
  parentOf(pid: number): number | undefined;
}

const reader = new FileReader();

/** What tells who has started a container. */
export interface Family extends Pick<Programs, 'parentOf'> {
  /** What the kernel calls the program; undefined if it has ended. */
  nameOf(pid: number): string | undefined;
}

/** What is asked of those that run now only. */
interface RunningPrograms extends Programs, Family {
  /** The words of its command line; none if it has ended. */
  argumentsOf(pid: number): readonly string[];
  /** When it was started, in clock ticks since the machine was; undefined if it has ended. */
  startOf(pid: number): number | undefined;
}

/** Those that run now. */
export const programs: RunningPrograms = {
  argumentsOf: (pid) => wordsOf(reader.bytes(`/proc/${pid}/cmdline`)),
  startOf(pid) {
    return statOf(pid)?.start;
  },
  commandOf(pid) {
    const words = programs.argumentsOf(pid);
    if (words.length > 0) return words.join(' ');
    return `[${programs.nameOf(pid) ?? ''}]`;
  },
  nameOf(pid) {
    const line = reader.start(`/proc/${pid}/comm`);
    return line && readText(line, 0, line.length - 1); // behind it there is a newline
  },
  parentOf(pid) {
    return statOf(pid)?.parent;
  },
};

function statOf(pid: number): StatLine | undefined {
  const line = reader.start(`/proc/${pid}/stat`);
  return line && parseStatLine(line);
}

/** Each word ends with a NUL byte, unless the process wrote over them; those at the very end are no words. */
function wordsOf(line: Uint8Array = new Uint8Array()): string[] {
  let length = line.length;
  while (line[length - 1] === 0) length--;
  const words: string[] = [];
  for (let at = 0; at < length; ) {
    const nul = line.indexOf(0, at);
    const end = nul < 0 || nul > length ? length : nul;
    words.push(readText(line, at, end));
    at = end + 1;
  }
  return words;
}
