import { execInPlace } from '../../../process/exec.ts';
import { type FailureStyle, nsexecWords } from '../../../process/plan/failure-style.ts';
import { orderSteps } from '../../../process/plan/order.ts';
import type { SetUp } from '../../../process/plan/set-up.ts';
import type { PlannedStep } from '../../../process/plan/step.ts';
import type { Io } from '../../io.ts';
import { Failure } from './failure.ts';

/** What the options of a program came to. */
export interface Prepared {
  readonly setUp: SetUp;
  /** The words behind the options; none: a login shell. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Reads the options and becomes the command; returns the exit status if it does not come to that. */
export function runInPlace(io: Io, prepare: () => Prepared, style: FailureStyle): number {
  try {
    const { setUp, command, env } = prepare();
    return execInPlace(wordsFor(setUp, command, env, style), env, io.softFileLimit);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    (error.toStdout ? io.stdout : io.stderr).write(error.message);
    return error.status;
  }
}

function wordsFor(setUp: SetUp, [command, ...args]: readonly string[], env: NodeJS.ProcessEnv, style: FailureStyle) {
  const steps = orderSteps(setUp);
  const shell = env.SHELL;
  if (command !== undefined || shell === undefined || shell === '') return nsexecWords(steps, style, command, args);
  // A shell knows by the dash that it is the first one.
  const dash: PlannedStep = {
    step: ['argv0', `-${shell.slice(shell.lastIndexOf('/') + 1)}`],
    operation: '',
    syscall: '',
  };
  return nsexecWords([...steps, dash], style, shell, []);
}
