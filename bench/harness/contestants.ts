import type { Contestant, Role, Sample } from './headline.ts';

type More = Pick<Contestant, 'atMostRounds'>;

type MakeContestant<What> = (name: string, role: Role, what: What, more?: More) => Contestant;

/** For contestants that differ in nothing but what they run: `measure` takes one turn of one of them. */
export function contestantsBy<What>(measure: (what: What) => Sample | Promise<Sample>): MakeContestant<What> {
  return (name, role, what, more) => ({ name, role, run: async () => measure(what), ...more });
}

/** Seconds each: few rounds say enough. */
export function few(atMostRounds: number): More {
  return { atMostRounds };
}
