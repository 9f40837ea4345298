import { describe, expect, it } from 'vitest';
import { readTcOptions } from './options.ts';
import { runTc } from './tc.ts';

/** Runs it as far as it gets without a kernel. */
async function run(...words: string[]) {
  const texts = { out: '', err: '' };
  const sink = (kind: 'out' | 'err') => ({
    isTerminal: false,
    write: (text: string | Uint8Array) => {
      texts[kind] += text;
    },
  });
  const code = await runTc(words, {
    stdout: sink('out'),
    stderr: sink('err'),
    env: {},
    name: 'tc',
    names: {},
  } as never);
  return { ...texts, code };
}

describe('tc', () => {
  it('reads options in front of the object, as short as they can be', () => {
    const { options, rest } = readTcOptions(['-s', '--details', '-j', '-p', '-iec', '-n', 'blue', 'qdisc', '-s']);
    expect(options).toMatchObject({
      statistics: true,
      details: true,
      json: true,
      pretty: true,
      iec: true,
      netns: 'blue',
    });
    expect(rest).toEqual(['qdisc', '-s']);
    expect(readTcOptions(['-batch', '-', '-force']).options).toMatchObject({ batch: '-', force: true });
  });

  it.each([
    [['-V'], 0, /^tc utility, iproute2-6\.1/, /^$/],
    [[], 0, /^Usage:\ttc/, /^$/],
    [['help'], 0, /^Usage:\ttc/, /^$/],
    [['-nonsense'], 255, /^$/, /^Option "-nonsense" is unknown/],
    [['-graph'], 255, /^$/, /not implemented/],
    [['-n'], 255, /^$/, /not complete/],
    [['nonsense'], 1, /^$/, /^Object "nonsense" is unknown, try "tc help"/],
    [['exec', 'x'], 1, /^$/, /^Object "exec" is not implemented by netns yet/],
    [['qdisc', 'nonsense'], 1, /^$/, /^Command "nonsense" is unknown, try "tc qdisc help"/],
    [['class', 'show'], 255, /^$/, /"dev" is required/],
    [['qdisc', 'add', 'root', 'tbf', 'rate'], 255, /^$/, /not complete/],
    [['qdisc', 'add', 'root', 'tbf', 'rate', 'fast'], 1, /^$/, /^Illegal "rate"/],
    [['qdisc', 'add', 'root', 'tbf', 'rate', '1mbit'], 1, /^$/, /"rate" and "burst"/],
    [['qdisc', 'add', 'root', 'fq_codel', 'nonsense'], 1, /^$/, /^What is "nonsense"\?/],
    [['qdisc', 'add', 'root', 'red', 'limit', '5'], 1, /^$/, /^The settings of qdisc "red" are not implemented/],
    [['qdisc', 'add', 'handle', 'x:', 'root', 'pfifo'], 255, /^$/, /invalid qdisc ID/],
    [['qdisc', 'add', 'root', 'root', 'pfifo'], 255, /^$/, /duplicate parent/],
    [['qdisc', 'add', 'root', 'netem', 'reorder', '5%'], 1, /^$/, /without specifying some delay/],
    [
      ['qdisc', 'add', 'root', 'netem', 'delay', '1ms', '1ms', 'distribution', '../x'],
      1,
      /^$/,
      /Cannot find distribution/,
    ],
  ] as const)('%j ends with %i', async (words, code, out, err) => {
    expect(await run(...words)).toEqual({ code, out: expect.stringMatching(out), err: expect.stringMatching(err) });
  });
});
