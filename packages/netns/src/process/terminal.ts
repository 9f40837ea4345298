import {
  AT_FDCWD,
  O_CLOEXEC,
  O_NOCTTY,
  O_RDWR,
  TCGETS,
  TCSETSW,
  TIOCGPTPEER,
  TIOCGWINSZ,
  TIOCSPTLCK,
  TIOCSWINSZ,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { perform, syscall } from '../native/syscall.ts';

/** Two ends of a terminal that is no device: what a program writes to one is read from the other. pty(7). */
export interface PseudoTerminal extends Disposable {
  /** For who shows it and types. */
  readonly master: Fd;
  /** For the program. */
  readonly slave: Fd;
}

/** Opens a new terminal. Throws KernelError. Linux 4.13 (TIOCGPTPEER). */
export function openPseudoTerminal(): PseudoTerminal {
  const flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  const master = Fd.adopt(perform('make a terminal', 'openat', AT_FDCWD, '/dev/ptmx', flags), 'a terminal');
  try {
    perform('unlock a terminal', 'ioctl', master.raw, TIOCSPTLCK, new Uint8Array(4));
    const slave = Fd.adopt(perform('open a terminal', 'ioctl', master.raw, TIOCGPTPEER, flags), 'a terminal');
    return {
      master,
      slave,
      [Symbol.dispose]() {
        slave.close();
        master.close();
      },
    };
  } catch (error) {
    master.close();
    throw error;
  }
}

const sizeofWindow = 8; // rows, columns, and two that nobody uses

/** Makes a terminal as large as another one is now; if that is none, it gets the size that terminals once had. */
export function copyWindowSize(from: number, to: Fd): void {
  const size = new Uint8Array(sizeofWindow);
  if (syscall('ioctl', from, TIOCGWINSZ, size) < 0) new Uint16Array(size.buffer).set([24, 80]);
  syscall('ioctl', to.raw, TIOCSWINSZ, size);
}

const sizeofTermios = 64; // more than the kernel's, on any machine

/**
 * Has a terminal pass on every key and show every byte as it is; gives the way back. As cfmakeraw(3); what is no terminal stays as it
 * is. termios(3).
 */
export function passThrough(fd: number): () => void {
  const before = new Uint8Array(sizeofTermios);
  if (syscall('ioctl', fd, TCGETS, before) < 0) return () => {};
  const raw = before.slice();
  const [IFLAG, OFLAG, CFLAG, LFLAG] = [0, 1, 2, 3] as const;
  const flags = new Uint32Array(raw.buffer);
  const clear = (index: number, bits: number) => {
    flags[index] = (flags[index] ?? 0) & ~bits;
  };
  clear(IFLAG, 0o2753); // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
  clear(OFLAG, 0o1); // OPOST
  clear(LFLAG, 0o100113); // ECHO ECHONL ICANON ISIG IEXTEN
  clear(CFLAG, 0o460); // CSIZE PARENB
  flags[CFLAG] = (flags[CFLAG] ?? 0) | 0o60; // CS8
  syscall('ioctl', fd, TCSETSW, raw);
  return () => void syscall('ioctl', fd, TCSETSW, before);
}
