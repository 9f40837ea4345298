import { programs } from '../inspect/programs.ts';

/** A process, as people know it. */
export interface ProcessInfo {
  readonly pid: number;
  /** Its command line; in brackets the kernel's name of it if it has none (kernel threads, zombies). */
  readonly command: string;
}

/** Says what a process runs; a process that has ended meanwhile runs nothing. */
export function describeProcess(pid: number): ProcessInfo {
  return { pid, command: programs.commandOf(pid) };
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
