import { statSync } from 'node:fs';
import type { CensusEntry } from '../../../namespaces/discover/census.ts';
import type { SeenProcess } from '../../../namespaces/discover/in-processes.ts';
import { FileReader } from '../../../native/file-reader.ts';
import { textOfBytes } from '../util-linux/smartcols/bytes-text.ts';
import type { ColumnName } from './columns.ts';
import { readUserNames } from './user-names.ts';

/** What the columns say, read when it is asked for. */
export class CellReader {
  readonly #reader = new FileReader();
  readonly #commands = new Map<number, string>();
  readonly #nsids: ReadonlyMap<number, string>;
  readonly #mountSeparator: string;
  #names: ReadonlyMap<number, string> | undefined;

  constructor(nsids: ReadonlyMap<number, string>, mountSeparator: string) {
    this.#nsids = nsids;
    this.#mountSeparator = mountSeparator;
  }

  text(column: ColumnName, entry: CensusEntry, process: SeenProcess | undefined): string | undefined {
    switch (column) {
      case 'NS':
        return String(entry.inode);
      case 'TYPE':
        return entry.type;
      case 'PATH':
        return process && `/proc/${process.pid}/ns/${entry.type}`;
      case 'NPROCS':
        return String(entry.processes.length);
      case 'PID':
        return process && String(process.pid);
      case 'PPID':
        return process && String(process.parent);
      case 'COMMAND':
        return process && this.#command(process.pid);
      case 'UID':
        return String(this.#uid(entry, process));
      case 'USER':
        return this.#userName(this.#uid(entry, process));
      case 'NETNSID':
        return entry.type === 'net' ? this.#nsids.get(entry.inode) : undefined;
      case 'NSFS':
        return entry.mounts.join(this.#mountSeparator);
      case 'PNS':
        return String(entry.parent ?? 0);
      case 'ONS':
        return String(entry.owner ?? 0);
    }
  }

  #command(pid: number): string {
    const known = this.#commands.get(pid);
    if (known !== undefined) return known;
    const command = this.#line(`/proc/${pid}/cmdline`, 0) || this.#line(`/proc/${pid}/comm`, newline);
    this.#commands.set(pid, command);
    return command;
  }

  /** A file's text without its last byte, if that is `end`; NUL bytes become blanks. */
  #line(path: string, end: number): string {
    const bytes = this.#reader.start(path);
    if (bytes === undefined) return '';
    return textOfBytes(bytes.at(-1) === end ? bytes.subarray(0, -1) : bytes).replaceAll('\0', ' ');
  }

  /** Of what no process is in: who made it, which the kernel tells of user namespaces only; 0 for all others. */
  #uid(entry: CensusEntry, process: SeenProcess | undefined): number {
    if (process === undefined) return entry.ownerUid ?? 0;
    return statSync(`/proc/${process.pid}`, { throwIfNoEntry: false })?.uid ?? 0;
  }

  #userName(uid: number): string {
    this.#names ??= readUserNames();
    return this.#names.get(uid) ?? String(uid);
  }
}

const newline = 10;
