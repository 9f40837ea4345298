import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { syscall } from '../../../../native/syscall.ts';
import type { Session } from '../session.ts';

const TCGETS = 0x5401;
const TCSETSF = 0x5404;
const ECHO = 0o10;
/** `struct termios`: four words of flags, the last of them `c_lflag`, and more. */
const termiosSize = 64;
const localFlags = 12;

/** A line that does not appear on the terminal; without one, a line of standard input. As getpass(3). */
export function readSecret(session: Session, prompt: string): Uint8Array {
  const terminal = openTerminal();
  if (terminal === undefined) {
    session.warn(prompt);
    return readLine(0);
  }
  const before = new Uint8Array(termiosSize);
  try {
    writeSync(terminal, prompt);
    syscall('ioctl', terminal, TCGETS, before);
    const silent = Uint8Array.from(before);
    silent[localFlags] = (silent[localFlags] ?? 0) & ~ECHO;
    syscall('ioctl', terminal, TCSETSF, silent);
    try {
      return readLine(terminal);
    } finally {
      syscall('ioctl', terminal, TCSETSF, before);
      writeSync(terminal, '\n');
    }
  } finally {
    closeSync(terminal);
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync('/dev/tty', 'r+');
  } catch {
    return undefined;
  }
}

/** Up to the end of the line, byte by byte: what follows is for others. */
function readLine(fd: number): Uint8Array {
  const line: number[] = [];
  const byte = new Uint8Array(1);
  while (readSync(fd, byte) === 1 && byte[0] !== 0x0a) line.push(byte[0] ?? 0);
  return Uint8Array.from(line);
}
