import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNames } from '../../src/namespaces/named.ts';
import { answer, answerJson, netns } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

beforeAll(async () => {
  createNames(['blue']);
  await answer('ip', '-n', 'blue', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
});
afterAll(() => emptyRunDirectory());

it('makes a slow line, shows it and clears it', async () => {
  await answer('shape', 'set', 'blue', 'v0', '--rate', '20mbit', '--latency=100ms');
  await answer('shape', 'set', 'blue', 'v0', '--rate', '10mbit');
  const table = await answer('shape', 'show', 'blue', 'v0');
  expect(table).toMatch(/^v0 +root +tbf +0 +0 +0 +rate 10Mbit burst 12500b latency 50ms limit 75000\n$/);
  const shown = await answerJson<unknown[]>('shape', 'show', 'blue');
  expect(shown).toMatchObject([{ device: 'v0', parent: 'root', kind: 'tbf', options: { rate: 10e6, burst: 12_500 } }]);
  await answer('shape', 'clear', 'blue', 'v0');
  await answer('shape', 'clear', 'blue', 'v0'); // nothing is left to clear
  expect(await answer('shape', 'show', 'blue', 'v0')).not.toContain('tbf');
});

it('makes a long and lossy way, where the kernel can', async () => {
  const words = ['shape', 'set', 'blue', 'v0', '--delay', '40ms', '--jitter', '5ms', '--loss', '1%', '--rate', '8mbit'];
  const { exitCode, stderr } = await netns(...words);
  if (exitCode !== 0) {
    expect(stderr).toMatch(/^netns: the qdisc netem is not available here: .*CONFIG_NET_SCH_NETEM/);
    return;
  }
  expect(await answer('shape', 'show', 'blue', 'v0')).toMatch(
    /netem .* limit 1000 delay 40ms jitter 5ms loss 1% rate 8Mbit\n$/,
  );
});

it.each([
  [['shape'], 2, /show, set or clear/],
  [['shape', 'show'], 2, /which name/],
  [['shape', 'set', 'blue'], 2, /which device/],
  [['shape', 'set', 'blue', 'v0'], 2, /--rate, --delay/],
  [['shape', 'set', 'blue', 'v0', '--rate', 'fast'], 2, /'fast' is no rate for --rate/],
  [['shape', 'set', 'blue', 'v0', '--delay', '40'], 2, /'40' is no time for --delay/],
  [['shape', 'set', 'blue', 'v0', '--loss', '101%'], 2, /'101%' is no percent/],
  [['shape', 'set', 'blue', 'nope', '--rate', '1mbit'], 1, /nope: No such device/],
] as const)('%j fails with %i', async (words, exitCode, stderr) => {
  expect(await netns(...words)).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(stderr) });
});
