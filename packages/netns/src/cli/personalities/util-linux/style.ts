import type { FailureStyle } from '../../../process/plan/failure-style.ts';
import type { PlannedStep } from '../../../process/plan/step.ts';

/** How a program of util-linux ends: 1 for itself, 126 and 127 for the command. */
export function utilLinuxStyle(program: string, message: (step: PlannedStep) => string): FailureStyle {
  return {
    setup: 1,
    notFound: 127,
    notRunnable: 126,
    message: (step) => `${program}: ${message(step)}`,
    commandMessage: (command) => `${program}: failed to execute ${command}`,
  };
}
