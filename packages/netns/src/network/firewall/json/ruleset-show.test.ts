import { describe, expect, it } from 'vitest';
import { asNftShows, loadRulesets } from '../../../../test/nft/ruleset-fixture.ts';
import { showRuleset } from './ruleset-show.ts';

const context = { linkName: (index: number) => (index === 1 ? 'lo' : undefined) };

/** `nft` reads a version, which is not at the lowest bit of its byte, as 0 where it is a part of a concatenation. */
const wrong = '"concat":[{">>":[{"payload":{"protocol":"ip","field":"version"}},4]}';

describe.each(loadRulesets())('what the kernel says of a ruleset: $name', ({ version, ruleset, messages }) => {
  const shown = showRuleset(messages, context);

  it('has as many objects as nft lists', () => {
    expect(shown.length).toBe(ruleset.length);
    expect(shown.length).toBeGreaterThan(30);
  });

  it('is shown as nft shows it', () => {
    const [allOurs, allTheirs] = [shown, ruleset].map((objects) =>
      asNftShows(objects, version).map((object) => JSON.stringify(object)),
    ) as [string[], string[]];
    const differences = allTheirs.flatMap((theirs, index) => {
      const ours = allOurs[index] ?? '';
      return ours === theirs || theirs.includes(wrong) ? [] : [{ ours, theirs }];
    });
    expect(differences).toEqual([]);
  });
});
