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
    ...(
      [
        ['red limit 5', 1, /^RED: Required parameter \(limit, avpkt\) is missing\n$/],
        ['red limit 100000 avpkt 1000 probability x', 1, /^Illegal "probability"/],
        [
          'red limit 100000 avpkt 1000 burst 1',
          1,
          /^RED: set bandwidth to 10Mbit\ntc_red_eval_ewma\(\) burst 1 is too small \? Try burst 9\nRED: failed to calculate EWMA/,
        ],
        ['red limit 100000 avpkt 1000 qevent foo block 1', 1, /^Unknown qevent `foo'/],
        ['red limit 100000 avpkt 1000 qevent mark foo 1', 1, /^Unspecified qevent block index/],
        ['red limit 100000 avpkt 1000 qevent mark block x', 1, /^Illegal qevent block index/],
        ['red limit 100000 avpkt 1000 qevent mark block 7 qevent mark block 7', 1, /^Duplicate qevent/],
        ['choke limit 100', 1, /^Required parameter \(bandwidth, limit\) is missing/],
        ['choke bandwidth 1mbit limit 100 max 200', 1, /^"max" is larger than "limit"/],
        ['choke bandwidth 1mbit limit 100 max 20 min 30', 1, /^"min" is not smaller than "max"/],
        ['sfb increment x', 1, /^Illegal "increment"/],
        ['gred', 1, /^Usage: tc qdisc/],
        ['gred setup', 1, /^Illegal gred setup parameters/],
        ['gred setup vqs 20', 1, /^GRED: only 16 VQs are currently supported/],
        ['gred setup default 1 vqs 3', 1, /^"default" must be defined after "vqs"/],
        ['gred setup vqs 3 default 3', 1, /^"default" must be less than "vqs"/],
        ['gred limit 60k', 1, /^Required parameter \(vq, limit, min, max, avpkt\) is missing/],
        ['gred limit 60k setup vqs 3', 1, /^Illegal "setup"/],
        ['mqprio num_tc 300', 1, /^Illegal "num_tc"/],
        ['mqprio num_tc 2 map 0 300', 255, /^Error: argument "300" is wrong: unknown argument/],
        ['mqprio hw 0 mode dcb', 255, /^Error: argument "mode" is wrong: unknown argument/],
        ['mqprio mode foo', 1, /^Illegal mode \(foo\)/],
        ['mqprio min_rate 1mbit', 255, /^Error: argument "min_rate" is wrong: unknown argument/],
        ['taprio foo', 1, /^Unknown argument/],
        ['taprio sched-entry S zz 1', 1, /^Usage: ... taprio ... sched-entry <cmd> <gate mask> <interval>/],
        ['taprio sched-entry S 1', 255, /^Command line is not complete/],
        ['taprio clockid x', 1, /^taprio: illegal value for "clockid": "x".\nIt must be/],
        ['taprio clockid TAI clockid TAI', 1, /^taprio: duplicate "clockid" specification/],
        ['taprio flags x', 1, /^$/],
        ['sfq ecn', 1, /^Required parameter \(redflowlimit\) is missing/],
        ['sfq redflowlimit 1000 max 2000', 1, /^"max" is larger than "limit"/],
      ] as const
    ).map(([line, code, err]) => [['qdisc', 'add', 'root', ...line.split(' ')], code, /^$/, err] as const),
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
