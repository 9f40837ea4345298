import { syscall } from '../../../native/syscall.ts';

const TIOCGWINSZ = 0x5413;
const usual = 80;

/** How many columns the terminal at descriptor 1 has; else what COLUMNS says. ioctl_tty(2). */
export function terminalWidth(env: Readonly<Record<string, string | undefined>>): number {
  const size = new Uint8Array(8); // struct winsize: rows, columns, …
  const columns = syscall('ioctl', 1, TIOCGWINSZ, size) < 0 ? 0 : new Uint16Array(size.buffer)[1];
  if (columns) return columns;
  return /^[1-9]\d*$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : usual;
}
