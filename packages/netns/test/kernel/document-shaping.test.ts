import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { apply } from '../../src/document/apply.ts';
import { describe as describeNetworks } from '../../src/document/describe.ts';
import type { NetworkDocument } from '../../src/document/document.ts';
import type { Step } from '../../src/document/step.ts';
import { removeNames } from '../../src/namespaces/names.ts';
import { namesLeft } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';
import { at, possibleOf, shapes } from './support/shapes.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

const commandsOf = (steps: readonly Step[]) => steps.flatMap(({ commands }) => commands);

/** Each line of the plan, run by the tool that it names, makes what apply makes. */
describe('shaping as commands of tc', () => {
  it('refuses what the kernel does not tell', async () => {
    const shaping = { lo: at('netem', { delay: 10, jitter: 5, distribution: 'normal' }) };
    const refusal = apply({ version: 1, namespaces: { blue: { shaping } } } as NetworkDocument, { dryRun: true });
    await expect(refusal).rejects.toThrow('invalid distribution "normal": the kernel does not tell it');
  });

  it('makes the same', async () => {
    const document = await possibleOf(shapes);
    expect(Object.keys(document.namespaces.blue?.shaping ?? {})).toContain('tbf');
    const lines = commandsOf(await apply(document, { dryRun: true }));
    expect(lines.filter((line) => line.startsWith('#'))).toEqual([]);
    await apply(document);
    expect(commandsOf(await apply(document))).toEqual([]);
    const described = await describeNetworks(['blue']);
    removeNames(['blue']);
    execFileSync('sh', ['-ec', commandsOf(await apply(described, { dryRun: true })).join('\n')], { stdio: 'pipe' });
    expect(await describeNetworks(['blue'])).toEqual(described);
    // And those that take all away again.
    const plain = { version: 1, namespaces: { blue: { shaping: {} } } } as NetworkDocument;
    execFileSync('sh', ['-ec', commandsOf(await apply(plain, { dryRun: true })).join('\n')], { stdio: 'pipe' });
    expect((await describeNetworks(['blue'])).namespaces.blue?.shaping).toEqual({});
  });
});
