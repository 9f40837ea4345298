import { expect, it } from 'vitest';
import { DecodeError } from '../errors.ts';
import { link } from '../netlink/families/route/link.ts';
import { answer, done, ScriptedKernel, together } from '../testing/scripted-kernel.ts';
import { subscribe } from './subscribe.ts';

const event = (ifname: string) =>
  answer({ sequence: 0, type: 0, flags: 0, port: 0 }, link, 'new', { attributes: { ifname } });

it('delivers what the kernel says, in order, and tells of what it dropped when the socket is empty', async () => {
  const kernel = new ScriptedKernel(() => []);
  const events = subscribe({ groups: [1], transport: kernel });
  kernel.push(together(event('a'), event('b')), { errno: 105 }, event('c'));
  const seen: unknown[] = [];
  for await (const one of events) {
    seen.push(one.kind === 'overrun' ? 'overrun' : (one.value as { attributes: { ifname: string } }).attributes.ifname);
    if (seen.length === 4) break;
  }
  expect(seen).toEqual(['a', 'b', 'c', 'overrun']);
  expect(kernel.closed).toBe(true);
});

it('leaves out what the catalogue does not know', async () => {
  const kernel = new ScriptedKernel(() => []);
  const events = subscribe({ groups: [1], transport: kernel });
  kernel.push(done({ sequence: 0, type: 0, flags: 0, port: 0 }), event('a'));
  expect(await events.next()).toMatchObject({ value: { kind: 'message', type: 16, nsid: undefined } });
  await events.return?.();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

it('ends with the error when a datagram makes no sense', async () => {
  const kernel = new ScriptedKernel(() => []);
  const events = subscribe({ groups: [1], transport: kernel });
  kernel.push(event('a').subarray(0, 20));
  await expect(events.next()).rejects.toThrow(DecodeError);
  expect(kernel.closed).toBe(true);
});

it('gives what is there at once, without waiting for the event loop', async () => {
  const kernel = new ScriptedKernel(() => []);
  const events = subscribe({ groups: [1], transport: kernel });
  let turns = 0;
  setImmediate(() => turns++);
  kernel.push(event('a'), event('b'));
  expect([await events.next(), await events.next()]).toMatchObject([
    { value: { value: { attributes: { ifname: 'a' } } } },
    { value: { value: { attributes: { ifname: 'b' } } } },
  ]);
  expect(turns).toBe(0);
  await events.return?.();
});
