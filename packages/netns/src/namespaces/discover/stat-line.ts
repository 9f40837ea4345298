/** What a line of /proc/PID/stat says of a process. */
export interface StatLine {
  /** What the kernel calls the program: the first 15 bytes of its name, unless it has told another. */
  readonly command: string;
  readonly state: string;
  /** The parent as seen from the /proc that was read; 0 if it is not there. */
  readonly parent: number;
  /** How many threads it has. */
  readonly threads: number;
  /** When it was started, in clock ticks since the machine was; undefined if the line does not go so far. */
  readonly start: number | undefined;
}

/** Reads /proc/PID/stat. The command in its brackets may contain anything, brackets too. proc(5). */
export function parseStatLine(line: Uint8Array): StatLine | undefined {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString();
  const end = text.lastIndexOf(')');
  if (end < 0) return undefined;
  // Numbers of fields are those of proc(5), which counts from 1 and has the command in the second.
  const fields = text.slice(end + 2).split(' ', 20);
  const field = (number: number) => fields[number - 3];
  const parent = Number(field(4) || Number.NaN);
  if (!Number.isInteger(parent)) return undefined;
  const start = field(22);
  return {
    command: text.slice(text.indexOf('(') + 1, end),
    state: field(3) ?? '',
    parent,
    threads: Number(field(20) ?? 1),
    start: start === undefined ? undefined : Number(start),
  };
}
