import { constants } from 'node:os';
import { execInPlace, namedCommandWords } from '../../../src/process/exec.ts';
import { ipFailures, shellFailures } from '../../../src/process/plan/failure-style.ts';

/**
 * A busy Node process that becomes another program: `node become.mjs '{"command": …}'`. It has handlers of signals, timers, a thread
 * pool at work, and has used its standard streams.
 */
interface Order {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly mounts?: boolean;
  readonly style?: 'ip' | 'shell';
  readonly environment?: NodeJS.ProcessEnv;
  readonly softFileLimit?: number;
}

const order: Order = JSON.parse(process.argv[2] ?? '');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGCHLD', 'SIGWINCH'] as const)
  process.on(signal, () => {});
if (constants.signals.SIGPIPE !== 13) throw new Error('these are not the signals of Linux');
setInterval(() => {}, 1000);
process.stdin.on('data', () => {}).pause();
process.stdout.write('');
process.stderr.write('');

const { name, command, args = [], mounts, style, environment = process.env, softFileLimit } = order;
const words = namedCommandWords({ name, command, args, mounts }, style === 'shell' ? shellFailures : ipFailures);
setImmediate(() => {
  try {
    execInPlace(words, environment, softFileLimit);
  } catch (error) {
    process.stderr.write(`${error}\n`);
    process.exit(99);
  }
});
