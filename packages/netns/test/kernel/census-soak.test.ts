import { expect, it } from 'vitest';
import { census } from '../../src/inspect/census.ts';
import { keepers } from '../../src/inspect/keepers.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { expectedKinds, hasList, onlyListed } from './support/census.ts';
import { withKept } from './support/kept.ts';
import { temporaryDirectory } from './support/run.ts';
import { type Hold, sorts } from './support/sorts-of-keepers.ts';

// Namespaces of all sorts come and go at random, and the census has to agree with the kernel's own list each time. `npm run soak -- SECONDS`
// goes on for longer; NETNS_SOAK_SEED repeats a run.

const seconds = Number(process.env.NETNS_SOAK_SECONDS ?? 0);
const seed = Number(process.env.NETNS_SOAK_SEED ?? Date.now() % 1_000_000);
/** Without a time. */
const usualRounds = 3;
const changesInRound = 10;
const most = 40;

interface Held extends Hold {
  readonly sort: string;
  readonly inode: number;
  readonly id: bigint | undefined;
}

/** Numbers below `limit`, the same ones for the same seed (a linear congruential generator). */
function randomFrom(start: number): (limit: number) => number {
  let state = start;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

it(`agrees with the kernel while namespaces of all sorts come and go (seed ${seed})`, {
  timeout: 120_000 + 1000 * seconds,
}, async () => {
  const random = randomFrom(seed);
  const directory = temporaryDirectory('soak');
  const names = Object.keys(sorts);
  const refused = new Set<string>();
  const held: Held[] = [];
  let [made, rounds, number] = [0, 0, 0];

  const make = async () => {
    const sort = names[random(names.length)] ?? '';
    const namespace = createNamespace('net');
    try {
      const hold = await sorts[sort]?.(namespace, `${directory}/${number++}`);
      if (hold) held.push({ ...hold, sort, inode: namespace.id.ino, id: namespace.cookie });
      made++;
    } catch (error) {
      if (sort !== 'tun') throw error; // no /dev/net/tun here
      refused.add(sort);
    } finally {
      namespace.close();
    }
  };
  const drop = async (index: number) => {
    const [gone] = held.splice(index, 1);
    await gone?.drop();
    return gone;
  };

  const begin = performance.now();
  const isOver = () => (seconds > 0 ? performance.now() - begin > 1000 * seconds : rounds >= usualRounds);
  try {
    await withKept(async (kept) => {
      while (!isOver()) {
        const dropped: (Held | undefined)[] = [];
        for (let change = 0; change < changesInRound; change++) {
          if (random(most) < held.length) dropped.push(await drop(random(held.length)));
          else await make();
        }
        // What ends is taken apart by the kernel a moment later.
        await expect
          .poll(
            async () => {
              const { namespaces, completeness } = await census({ types: ['net', 'mnt'], queues: 'always' });
              const found = new Map(namespaces.map((each) => [each.inode, each]));
              for (const { sort, inode } of held)
                expect([sort, inode, ...kindsOf(found.get(inode)?.keepers)]).toEqual([sort, inode, ...wanted(sort)]);
              for (const [name, { inode }] of Object.entries(kept))
                if (inode !== undefined && (hasList || !onlyListed.includes(name)))
                  expect([name, found.has(inode)]).toEqual([name, true]);
              if (hasList)
                for (const { sort, inode } of held) expect([sort, found.get(inode)?.references]).toEqual([sort, 1]);
              const back = namespaces.filter(({ id }) => dropped.some((gone) => gone?.id === id));
              const missing =
                completeness.kernel === undefined ? 0 : completeness.kernel - completeness.shown - completeness.newer;
              return { back: back.map(({ inode }) => inode), missing };
            },
            { timeout: 30_000 },
          )
          .toEqual({ back: [], missing: 0 });
        const one = held[random(held.length)];
        if (one !== undefined && hasList) {
          const unexplained = wanted(one.sort).length === 0 ? 1 : 0;
          // Who else looks at the machine just now holds it for a moment.
          await expect
            .poll(async () => [one.sort, (await keepers({ inode: one.inode })).references], { timeout: 30_000 })
            .toMatchObject([one.sort, { counted: 1, missing: 0, unexplained }]);
        }
        rounds++;
      }
    });
  } finally {
    while (held.length > 0) await drop(0);
  }
  if (seconds > 0)
    console.log(
      `${made} namespaces of ${names.length - refused.size} sorts, ${rounds} times as many as the kernel has`,
    );
});

const kindsOf = (found: readonly { readonly kind: string }[] = []) => [...new Set(found.map(({ kind }) => kind))];
const wanted = (sort: string): readonly string[] => {
  if (!hasList && onlyListed.includes(sort)) return [];
  const kind = expectedKinds[sort];
  return kind === undefined ? [] : [kind];
};
