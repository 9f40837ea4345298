import { once } from 'node:events';
import { WriteStream } from 'node:tty';
import { EAGAIN, EINTR } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { UV_READABLE } from '../native/constants.ts';
import type { Fd } from '../native/fd.ts';
import { syscall } from '../native/syscall.ts';
import { type Watch, watchDescriptor } from '../native/watch.ts';
import type { SpawnPlan } from '../process/plan/spawn-plan.ts';
import { spawn } from '../process/run-plan.ts';
import { copyWindowSize, openPseudoTerminal, passThrough } from '../process/terminal.ts';
import { statusOf, statusOfFailure } from './exit-status.ts';
import type { Io } from './io.ts';
import { note } from './report.ts';

/** What ends the program that asked for it is for the command to hear. */
const passedOn: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGQUIT'];
const endOfInput = '\x04'; // ^D, as a terminal's user types it

/**
 * Runs a command in a terminal of its own and stands between that and ours, as ssh and script do: keys go in, what it shows comes
 * out. Our terminal is never the command's, so it can neither read from it nor type into it. Gives the exit status.
 */
export async function runInTerminal(plan: SpawnPlan, io: Io): Promise<number> {
  using terminal = openPseudoTerminal();
  copyWindowSize(0, terminal.master);
  const { slave } = terminal;
  const child = spawn({ ...plan, terminal: true }, { ...io.names, stdio: [slave.raw, slave.raw, slave.raw] });
  slave.close(); // or its end could not be noticed
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const keyboard = new WriteStream(terminal.master.dup().release());
  keyboard.on('error', () => {}); // a command need not read what is typed
  const shown = relayOutput(terminal.master, () => {
    terminal.master.close();
    child.kill('SIGHUP'); // as when a window is closed
  });
  const restore = passThrough(0);
  const resize = () => terminal.master.closed || copyWindowSize(0, terminal.master);
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGWINCH', resize);
  for (const signal of passedOn) process.on(signal, pass);
  const type = (keys: Buffer | string) => void keyboard.write(keys);
  const stop = () => type(endOfInput);
  process.stdin.on('data', type).once('end', stop).resume();
  try {
    await child.ready;
    const [code, signal] = await exit;
    await shown; // all that used the terminal have lost it with the one whose terminal it was
    restore();
    if (signal !== null) {
      process.off(signal, pass);
      process.kill(process.pid, signal); // as the command ended
    }
    return statusOf(code, signal);
  } catch (error) {
    await shown;
    restore();
    if (!(error instanceof KernelError)) throw error;
    note(io, error.message);
    return statusOfFailure(error);
  } finally {
    restore();
    keyboard.destroy();
    process.stdin.off('data', type).off('end', stop).pause().unref?.();
    process.off('SIGWINCH', resize);
    for (const each of passedOn) process.off(each, pass);
  }
}

/**
 * Shows what is written to a terminal, until it is closed on the other side (Linux calls that an error, EIO) and all is shown. A
 * stream of Node would drop, with that error, what was not read yet.
 */
function relayOutput(master: Fd, nobodyLooks: () => void): Promise<void> {
  const buffer = Buffer.alloc(65_536);
  return new Promise((resolve) => {
    let watch: Watch | undefined;
    const show = () => {
      const got = syscall('read', master.raw, buffer, buffer.length);
      if (got === -EAGAIN || got === -EINTR) return;
      const full = got > 0 && !process.stdout.write(Buffer.from(buffer.subarray(0, got)));
      if (got > 0 && !full) return;
      watch?.close();
      if (full) process.stdout.once('drain', start);
      else process.stdout.write('', () => resolve());
    };
    const start = () => {
      watch = watchDescriptor(master.raw, UV_READABLE, show);
    };
    start();
    process.stdout.once('error', () => {
      process.stdout.off('drain', start);
      watch?.close();
      nobodyLooks();
      resolve();
    });
  });
}
