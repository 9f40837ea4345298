/** What a line of /proc/PID/stat says about descent. */
export interface StatLine {
  readonly state: string;
  /** The parent as seen from the /proc that was read; 0 if it is not there. */
  readonly parent: number;
}

const closing = ')'.charCodeAt(0);
const zero = '0'.charCodeAt(0);

/** Reads /proc/PID/stat. The command in its brackets may contain anything, brackets too. proc(5). */
export function parseStatLine(line: Uint8Array): StatLine | undefined {
  const end = line.lastIndexOf(closing);
  if (end < 0) return undefined;
  let parent = 0;
  let at = end + 4; // `) S 123 …`
  for (; at < line.length; at++) {
    const digit = (line[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) break;
    parent = parent * 10 + digit;
  }
  return at === end + 4 ? undefined : { state: String.fromCharCode(line[end + 2] ?? 0), parent };
}

/** How many threads a process has: the 20th field. */
export function threadsInStatLine(line: Uint8Array): number {
  return fieldOfStatLine(line, 20) ?? 1;
}

/** When a process was started, in clock ticks since the machine was: the 22nd field. */
export function startInStatLine(line: Uint8Array): number | undefined {
  return fieldOfStatLine(line, 22);
}

/** A number behind the state, which is the third field. */
function fieldOfStatLine(line: Uint8Array, field: number): number | undefined {
  const fields = Buffer.from(line.buffer, line.byteOffset, line.length).toString(
    'latin1',
    line.lastIndexOf(closing) + 2,
  );
  const text = fields.split(' ', field - 2)[field - 3];
  return text === undefined ? undefined : Number(text);
}
