import { describe, expect, it } from 'vitest';
import { NetlinkConnection } from '../connection/connection.ts';
import { NetlinkError, UnsupportedError } from '../errors.ts';
import { link } from '../netlink/families/route/link.ts';
import { type NetlinkMessage, NLM_F_DUMP_INTR, NLM_F_MULTI, splitDatagram } from '../netlink/header.ts';
import {
  acknowledge,
  answer,
  done,
  ScriptedKernel,
  type ScriptedRequest,
  type ScriptedStep,
} from '../testing/scripted-kernel.ts';
import { Links } from './links.ts';

const EEXIST = 17;
const ENODEV = 19;
const EINVAL = 22;
const EOPNOTSUPP = 95;

function linksOf(script: (request: ScriptedRequest, index: number) => Iterable<ScriptedStep>) {
  const kernel = new ScriptedKernel(script);
  const links = new Links(new NetlinkConnection({ transport: kernel }));
  /** Types of the requests so far. */
  const asked = () => kernel.sent.flatMap((datagram) => splitDatagram(datagram).map(({ type }) => type));
  /** The first request, without its header. */
  const sent = () => splitDatagram(kernel.sent[0] ?? new Uint8Array())[0] as NetlinkMessage;
  return { links, asked, sent };
}

const device = (request: ScriptedRequest, index: number, flags = NLM_F_MULTI) =>
  answer(request, link, 'new', { header: { index }, attributes: { ifname: `v${index}` } }, flags);

describe('a device that vanishes', () => {
  it('while devices are listed is not in the list, which begins anew', async () => {
    const { links } = linksOf((request, attempt) =>
      attempt === 0
        ? [device(request, 1), device(request, 2), 'wait', done(request, NLM_F_DUMP_INTR)]
        : [device(request, 1), done(request)],
    );
    const listed = await links.list();
    expect(listed.map(({ name }) => name)).toEqual(['v1']);
    expect(listed.interrupted).toBe(false);
  });

  it('each time is in a list that says of itself that it may have holes', async () => {
    const { links, asked } = linksOf((request) => [device(request, 1), done(request, NLM_F_DUMP_INTR)]);
    const listed = await links.list();
    expect([listed.map(({ name }) => name), listed.interrupted]).toEqual([['v1'], true]);
    expect(asked()).toHaveLength(10);
  });

  it('between the question for its index and its change is told of by its name', async () => {
    const { links, asked } = linksOf((request) =>
      request.type === link.types.get ? [device(request, 7, 0), acknowledge(request)] : [acknowledge(request, ENODEV)],
    );
    await expect(links.set('v7', { mtu: 1400 })).rejects.toMatchObject({
      code: 'ENODEV',
      message: expect.stringContaining('v7'),
    });
    expect(asked().at(-1)).toBe(link.types.new);
  });
});

it('makes both ends of a pair, each in its namespace, with one message', async () => {
  const { links, asked, sent } = linksOf((request) => [acknowledge(request)]);
  await links.add({ kind: 'veth', name: 'a', netns: { nsid: 3 }, peer: { name: 'b', netns: { nsid: 4 } } });
  expect(asked()).toEqual([link.types.new]);
  const { attributes } = link.decode(sent());
  expect(attributes).toMatchObject({ ifname: 'a', targetNetnsid: 3 });
  expect(attributes.linkinfo).toMatchObject({ data: { peer: { attributes: { ifname: 'b', targetNetnsid: 4 } } } });
});

describe('a device that is refused', () => {
  const add = (kind: 'dummy' | 'bond' | 'vlan', errno: number, text?: string) => {
    const { links, asked } = linksOf((request) => [acknowledge(request, errno, text)]);
    const made = kind === 'vlan' ? { kind, name: 'x', data: { id: 5 }, link: 3 } : ({ kind, name: 'x' } as const);
    return { asked, error: links.add(made as Parameters<typeof links.add>[0]).catch((reason: unknown) => reason) };
  };

  it.each([
    ['dummy', 'CONFIG_DUMMY'],
    ['bond', 'CONFIG_BONDING'],
  ] as const)('because the kernel has no %s: which option would bring it is told', async (kind, option) => {
    const { asked, error } = add(kind, EOPNOTSUPP, 'Unknown device type');
    expect(await error).toBeInstanceOf(UnsupportedError);
    expect(await error).toMatchObject({ message: expect.stringMatching(new RegExp(`${kind}.*${option}`)) });
    expect(asked()).toHaveLength(1);
  });

  it.each([
    ['EOPNOTSUPP', EOPNOTSUPP, 'not here'],
    ['EEXIST', EEXIST, undefined],
    ['EINVAL', EINVAL, 'these two cannot be together'],
  ] as const)('with %s is an error with what the kernel says, once asked', async (code, errno, text) => {
    const { asked, error } = add('vlan', errno, text);
    expect(await error).toBeInstanceOf(NetlinkError);
    expect(await error).not.toBeInstanceOf(UnsupportedError);
    expect(await error).toMatchObject({ code, message: expect.stringContaining(text ?? 'File exists') });
    expect(asked()).toHaveLength(1);
  });
});
