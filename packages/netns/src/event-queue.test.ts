import { describe, expect, it, vi } from 'vitest';
import { EventQueue } from './event-queue.ts';

const done = { done: true, value: undefined };
const event = (value: number) => ({ done: false, value });

function queue(onEnd: () => void = () => {}): EventQueue<number> {
  return new EventQueue(onEnd);
}

describe('an event queue', () => {
  it('keeps events until they are asked for', async () => {
    const events = queue();
    events.push(1);
    events.push(2);
    expect([await events.next(), await events.next()]).toEqual([event(1), event(2)]);
  });

  it('gives waiting readers one event each, in their order', async () => {
    const events = queue();
    const waiting = [events.next(), events.next(), events.next()];
    for (const value of [1, 2, 3]) events.push(value);
    expect(await Promise.all(waiting)).toEqual([event(1), event(2), event(3)]);
  });

  it('delivers what is there before it ends, and nothing that comes later', async () => {
    const events = queue();
    events.push(1);
    events.end();
    events.push(2);
    expect([await events.next(), await events.next(), await events.next()]).toEqual([event(1), done, done]);
  });

  it('throws its error once, behind the last event', async () => {
    const events = queue();
    events.push(1);
    events.end(new Error('broken'));
    expect(await events.next()).toEqual(event(1));
    await expect(events.next()).rejects.toThrow('broken');
    expect(await events.next()).toEqual(done);
  });

  it('lets all waiting readers go when it ends; one learns of the error', async () => {
    const events = queue();
    const waiting = [events.next(), events.next()];
    events.end(new Error('broken'));
    await expect(waiting[0]).rejects.toThrow('broken');
    expect(await waiting[1]).toEqual(done);
  });

  it('forgets what is left when the loop is left', async () => {
    const onEnd = vi.fn();
    const events = queue(onEnd);
    for (const value of [1, 2, 3]) events.push(value);
    for await (const value of events) {
      expect(value).toBe(1);
      break;
    }
    expect([await events.next(), onEnd.mock.calls.length]).toEqual([done, 1]);
  });

  it('closes its source once, however it ends', async () => {
    const onEnd = vi.fn();
    const events = queue(onEnd);
    events.end();
    events.end(new Error('too late'));
    await events.return();
    expect(onEnd).toHaveBeenCalledOnce();
    expect(await events.next()).toEqual(done);
  });

  it('looks for what has happened before a reader has to wait, and only then', async () => {
    const unseen = [1, 2, 3];
    const look = vi.fn(() => events.push(...(unseen.splice(0, 1) as [number])));
    const events = new EventQueue<number>(() => {}, look);
    events.push(0);
    expect(await events.next()).toEqual(event(0));
    expect(look).not.toHaveBeenCalled();
    const both = [events.next(), events.next()];
    expect(await Promise.all(both)).toEqual([event(1), event(2)]);
    events.end();
    expect([await events.next(), look.mock.calls.length]).toEqual([done, 2]);
  });
});
