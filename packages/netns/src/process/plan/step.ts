/** One instruction for the `nsexec` helper; the head comment of `native/nsexec.c` lists them all. */
export type PlanStep = readonly [word: string, ...args: string[]];

/** A step that changes something, with what to say if the kernel refuses. */
export interface PlannedStep {
  readonly step: PlanStep;
  /** What kind of step it is, for a front end that has messages of its own. */
  readonly name?: StepName;
  /** The file, number or word that it is about, for the same. */
  readonly subject?: string;
  /** The operation, after "cannot". */
  readonly operation: string;
  readonly syscall: string;
  /** The call as `--dry-run` shows it; without it, the step only prepares another. */
  readonly call?: string;
  /** What `ip` prints before the reason; nothing of a step that does what it can and never fails. */
  readonly ipMessage?: string;
  /** For steps that start another process: what that one does. */
  readonly lists?: readonly (readonly PlannedStep[])[];
}

export type StepName =
  | 'context'
  | 'aside'
  | 'join'
  | 'run-mapper'
  | 'write-map'
  | 'bind-namespace'
  | 'groups'
  | 'gid'
  | 'uid'
  | 'unshare'
  | 'time-offset'
  | 'fork'
  | 'death-signal'
  | 'open-file'
  | 'write-file'
  | 'propagation'
  | 'chroot'
  | 'chdir'
  | 'proc-private'
  | 'mount'
  | 'enter'
  | 'enter-pidfd'
  | 'root-descriptor'
  | 'cwd-descriptor'
  | 'cgroup'
  | 'capabilities'
  | 'terminal'
  | 'hostname'
  | 'limit'
  | 'init'
  | 'prepare';

/** The argument list for `nsexec`, and which word belongs to which step: it reports failures by the number of the word. */
export interface EncodedSteps {
  readonly words: string[];
  readonly steps: ReadonlyMap<number, PlannedStep>;
}

/** Writes steps as words; `message` words what is printed when one fails (nothing: failures are reported by number). */
export function encodeSteps(
  steps: readonly PlannedStep[],
  message?: (step: PlannedStep) => string,
  before: readonly string[] = [],
): EncodedSteps {
  const words = [...before];
  const positions = new Map<number, PlannedStep>();
  const write = (each: PlannedStep): void => {
    const text = message?.(each) ?? '';
    if (text !== '') words.push('say', text);
    positions.set(words.length, each);
    words.push(...each.step);
    const lists = each.lists ?? [];
    const counts = words.length;
    words.push(...lists.map(() => ''));
    lists.forEach((list, index) => {
      const start = words.length;
      list.forEach(write);
      words[counts + index] = String(words.length - start);
    });
  };
  steps.forEach(write);
  return { words, steps: positions };
}
