import type { Step } from './narrator.ts';
import { beginning } from './steps/beginning.ts';
import { endings } from './steps/endings.ts';
import { processes } from './steps/processes.ts';
import { wires } from './steps/wires.ts';

/** The tour, in its order. */
export const steps: readonly Step[] = [...beginning, ...wires, ...processes, ...endings];
