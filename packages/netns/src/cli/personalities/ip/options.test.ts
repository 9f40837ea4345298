import { describe, expect, it } from 'vitest';
import { Exit } from './exit.ts';
import { defaultOptions, type Options, parseOptions } from './options.ts';
import { usage } from './usage.ts';

const quiet = {
  enterNamespace: async () => {},
  printVersion: (): never => {
    throw new Exit('version', 0, true);
  },
};

async function parsed(...argv: string[]): Promise<Partial<Options> & { rest: readonly string[] }> {
  const { options, rest } = await parseOptions(argv, quiet);
  const defaults = defaultOptions();
  const changed = Object.entries(options).filter(([name, value]) => value !== defaults[name as keyof Options]);
  return { ...Object.fromEntries(changed), rest };
}

describe('parseOptions', () => {
  it.each<[string, Partial<Options>]>([
    ['-4', { family: 'inet' }],
    ['-6', { family: 'inet6' }],
    ['-0', { family: 'link' }],
    ['-M', { family: 'mpls' }],
    ['-B', { family: 'bridge' }],
    ['-h', { humanReadable: true }],
    ['-human-read', { humanReadable: true }],
    ['-i', { iec: true }],
    ['-s', { statistics: 1 }],
    ['-statis', { statistics: 1 }],
    ['-d', { details: 1 }],
    ['-r', { resolve: true }],
    ['-o', { oneline: true }],
    ['-t', { timestamp: true }],
    ['-ts', { timestamp: true, timestampShort: true }],
    ['-fo', { force: true }],
    ['-br', { brief: true }],
    ['-j', { json: true }],
    ['-p', { pretty: true }],
    ['-c', { color: 'always' }],
    ['-colo=auto', { color: 'auto' }],
    ['-c=', { color: 'always' }],
    ['-N', { numeric: true }],
    ['-a', { all: true }],
    ['--all', { all: true }],
    ['-echo', { echo: true }],
  ])('%s', async (word, expected) => {
    expect(await parsed(word, 'link')).toEqual({ ...expected, rest: ['link'] });
  });

  it('counts', async () => {
    expect(await parsed('-s', '-s', '-d', '-d')).toEqual({ statistics: 2, details: 2, rest: [] });
  });

  it('reads values', async () => {
    expect(await parsed('-l', '5x', '-f', 'inet6', '-b', 'file', '-rc', '0x10', 'netns', '-x')).toEqual({
      loops: 5,
      family: 'inet6',
      batch: 'file',
      receiveBuffer: 16,
      rest: ['netns', '-x'],
    });
  });

  it('ends at --, at an object and at an empty word', async () => {
    expect((await parsed('-j', '--', '-p')).rest).toEqual(['-p']);
    expect((await parsed('netns', '-p')).rest).toEqual(['netns', '-p']);
    expect((await parsed('', '-p')).rest).toEqual(['', '-p']);
  });

  it('enters namespaces at their place', async () => {
    const seen: (string | undefined)[] = [];
    const effects = { ...quiet, enterNamespace: async (name: string | undefined) => void seen.push(name) };
    await parseOptions(['-n', 'a', '-netns', 'b', '-net'], effects);
    expect(seen).toEqual(['a', 'b', undefined]);
  });

  it.each([
    [['-foo'], 'Option "-foo" is unknown, try "ip -help".\n'],
    [['--foo'], 'Option "-foo" is unknown, try "ip -help".\n'],
    [['---'], 'Option "--" is unknown, try "ip -help".\n'],
    [['-e'], 'Option "-e" is unknown, try "ip -help".\n'],
    [['-c=x'], 'Option "-c=x" is unknown, try "ip -help".\n'],
    [['-loops'], 'Error: argument "loop count" is required\n'],
    [['-'], 'Error: argument "loop count" is required\n'],
    [['-f'], 'Error: argument "family type" is required\n'],
    [['-b'], 'Error: argument "batch file" is required\n'],
    [['-rc'], 'Error: argument "rcvbuf size" is required\n'],
    [['-f', 'foo'], 'Error: argument "foo" is wrong: invalid protocol family\n'],
    [['-rc', 'x'], "Invalid rcvbuf size 'x'\n"],
    [['-f', 'help'], usage],
    [['-he'], usage],
  ])('%j', async (argv, message) => {
    await expect(parseOptions(argv, quiet)).rejects.toEqual(new Exit(message, 255, true));
  });

  it('prints the version at its place', async () => {
    await expect(parseOptions(['-V', '-foo'], quiet)).rejects.toThrow('version');
    await expect(parseOptions(['-foo', '-V'], quiet)).rejects.toThrow('unknown');
  });

  it('knows every option of the usage text', async () => {
    const mentioned = usage.slice(usage.indexOf('OPTIONS :=')).match(/(?<=[ |])-\w+(?:\[\w+\])?/g) ?? [];
    expect(mentioned.length).toBeGreaterThan(20);
    for (const option of mentioned) {
      const short = option.replace(/\[.*/, '');
      const outcome = parseOptions([short, 'inet'], quiet).catch((error: Exit) => error);
      if (short === '-V' || short === '-rc') expect((await outcome) instanceof Exit).toBe(true);
      else expect(await outcome, option).not.toBeInstanceOf(Exit);
    }
  });
});
