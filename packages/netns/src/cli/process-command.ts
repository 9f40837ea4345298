import { FileReader } from '../native/file-reader.ts';
import { readText } from '../wire/text.ts';

/** A process, as people know it. */
export interface ProcessInfo {
  readonly pid: number;
  /** Its command line; in brackets the kernel's name of it if it has none (kernel threads, zombies). */
  readonly command: string;
}

const reader = new FileReader();

/** Says what a process runs; a process that has ended meanwhile runs nothing. */
export function describeProcess(pid: number): ProcessInfo {
  const words = wordsOf(reader.bytes(`/proc/${pid}/cmdline`));
  if (words.length > 0) return { pid, command: words.join(' ') };
  const [name = ''] = wordsOf(reader.bytes(`/proc/${pid}/comm`));
  return { pid, command: `[${name.trimEnd()}]` };
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

const shownCommand = 50;
const shownProcesses = 5;

/** `process 12 (sleep 100)`, or several; of many only the first are named. */
export function sayProcesses(processes: readonly ProcessInfo[]): string {
  const named = processes.slice(0, shownProcesses).map(({ pid, command }) => `${pid} (${shorten(command)})`);
  const rest = processes.length - named.length;
  const list = [...named, ...(rest > 0 ? [`${rest} more`] : [])];
  return `${processes.length === 1 ? 'process' : 'processes'} ${list.join(', ')}`;
}

function shorten(command: string): string {
  return command.length > shownCommand ? `${command.slice(0, shownCommand - 1)}…` : command;
}
