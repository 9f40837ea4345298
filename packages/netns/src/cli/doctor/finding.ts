/** One thing that was tried, and what came of it: one line of `netns doctor`. */
export interface Finding {
  readonly group: 'kernel' | 'privileges' | 'features' | 'tools';
  readonly what: string;
  /** `unknown`: it could not be tried. */
  readonly state: 'yes' | 'no' | 'unknown';
  /** What it is needed for. */
  readonly neededFor: string;
  /** What was found, or what forbids it. */
  readonly note: string;
  /** Nothing works without it. */
  readonly essential?: true;
}

/** The findings that end `netns doctor` with a failure. */
export function missingEssentials(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ essential, state }) => essential && state === 'no');
}
