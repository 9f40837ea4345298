import { encodeSteps, type PlannedStep } from './step.ts';

/** How a command line ends when something goes wrong before the command runs. */
export interface FailureStyle {
  /** The exit status when a step fails. */
  readonly setup: number;
  /** The exit status when a process that helps (newuidmap) fails. Default: as it did. */
  readonly aside?: number;
  /** The exit status when the command does not exist. */
  readonly notFound: number;
  /** The exit status when the command exists but cannot be run. */
  readonly notRunnable: number;
  readonly message: (step: PlannedStep) => string;
  /** For a login shell, which only `nsexec` can find, `command` is empty and the shell's path will follow. */
  readonly commandMessage: (command: string) => string;
}

/** As `ip netns exec` has it: 255, and 1 for the command itself. */
export const ipFailures: FailureStyle = {
  setup: 255,
  notFound: 1,
  notRunnable: 1,
  message: (step) => step.ipMessage ?? '',
  commandMessage: (command) => `exec of "${command}" failed`,
};

/** As `env`, `nice` and shells have it: 125 before, 126 and 127 for the command itself. */
export const shellFailures: FailureStyle = {
  setup: 125,
  aside: 125,
  notFound: 127,
  notRunnable: 126,
  message: ({ name, subject, operation }) =>
    name === 'run-mapper' ? `netns: cannot run ${subject} (Debian package uidmap)` : `netns: cannot ${operation}`,
  commandMessage: (command) => `netns: cannot run ${command}`,
};

/** The argument list for `nsexec` when its messages go to the user. Without a command it becomes the login shell. */
export function nsexecWords(
  steps: readonly PlannedStep[],
  style: FailureStyle,
  command: string | undefined,
  args: readonly string[],
): string[] {
  const hasAsides = steps.some(({ name }) => name === 'aside');
  const ends = [
    'exit',
    String(style.setup),
    ...(style.aside === undefined || !hasAsides ? [] : ['aside-failed', String(style.aside)]),
    'command-failed',
    style.commandMessage(command ?? ''),
    String(style.notFound),
    String(style.notRunnable),
  ];
  const { words } = encodeSteps(steps, style.message, ends);
  return [...words, '--', ...(command === undefined ? [] : [command, ...args])];
}
