import { describe, expect, it } from 'vitest';
import { runIp } from './ip.ts';
import { netnsUsage } from './netns/usage.ts';
import { objectWord } from './objects.ts';
import { usage } from './usage.ts';

/** Runs `ip` as far as it needs no kernel. */
async function ip(argv: readonly string[], name = 'ip') {
  const said = { out: '', err: '' };
  const sink = (kind: 'out' | 'err') => ({
    isTerminal: false,
    write: (text: string) => {
      said[kind] += text;
    },
  });
  const code = await runIp(argv, { stdout: sink('out'), stderr: sink('err'), env: {}, name, names: {} });
  return { ...said, code };
}

describe('runIp', () => {
  it('prints usage when there is nothing to do', async () => {
    expect(await ip([])).toEqual({ out: '', err: usage, code: 255 });
    expect(await ip(['help'])).toEqual({ out: '', err: usage, code: 255 });
    expect(await ip(['-help'])).toEqual({ out: '', err: usage, code: 255 });
  });

  it('prints its version', async () => {
    expect(await ip(['-V', 'foo'])).toEqual({ out: 'ip utility, iproute2-7.1.0, netns\n', err: '', code: 0 });
  });

  it('does not know every object', async () => {
    expect(await ip(['foo'])).toEqual({ out: '', err: 'Object "foo" is unknown, try "ip help".\n', code: 1 });
    expect(await ip([''])).toEqual({ out: '', err: 'Object "" is unknown, try "ip help".\n', code: 1 });
  });

  it('takes a shortened object', async () => {
    expect((await ip(['net', 'help'])).err).toBe(netnsUsage);
  });

  it('matches objects in the order of ip', () => {
    const matched = ['n', 'ro', 'ru', 'm', 't', 'netc', 'tcp_'].map(objectWord);
    expect(matched).toEqual(['neighbor', 'route', 'rule', 'maddress', 'tunnel', 'netconf', 'tcp_metrics']);
  });

  it('takes an object from the name that it is called by', async () => {
    expect(await ip(['help'], 'ipnetns')).toEqual({ out: '', err: netnsUsage, code: 255 });
    expect(await ip(['foo'], 'ipnope')).toEqual({
      out: '',
      err: 'Object "foo" is unknown, try "ip help".\n',
      code: 1,
    });
    expect(await ip(['foo'], 'ipnetns')).toMatchObject({ code: 255 });
    // what fails with 1 is read once more, in the usual way
    expect(await ip(['exec'], 'ipnetns')).toEqual({
      out: '',
      err: 'No netns name specified\nObject "exec" is unknown, try "ip help".\n',
      code: 1,
    });
  });
});
