import { describe, expect, it } from 'vitest';
import { asNftShows, loadRulesets } from '../../../../test/nft/ruleset-fixture.ts';
import { showRuleset } from './ruleset-show.ts';

const context = { linkName: (index: number) => (index === 1 ? 'lo' : undefined) };

/** `nft` reads a version, which is not at the lowest bit of its byte, as 0 where it is a part of a concatenation. */
const wrong = '"concat":[{">>":[{"payload":{"protocol":"ip","field":"version"}},4]}';

describe.each(loadRulesets())('what the kernel says of a ruleset: $name', ({ ruleset, messages }) => {
  const shown = showRuleset(messages, context);

  it('has as many objects as nft lists', () => {
    expect(shown.length).toBe(ruleset.length);
    expect(shown.length).toBeGreaterThan(30);
  });

  it('is shown as nft shows it', () => {
    const differences = ruleset.flatMap((expected, index) => {
      const [ours, theirs] = [
        JSON.stringify(asNftShows(shown[index] ?? expected)),
        JSON.stringify(asNftShows(expected)),
      ];
      return ours === theirs || theirs.includes(wrong) ? [] : [{ ours, theirs }];
    });
    expect(differences).toEqual([]);
  });
});
