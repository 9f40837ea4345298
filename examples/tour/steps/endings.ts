import assert from 'node:assert/strict';
import { NetworkNamespace, openNetwork, ping } from 'netns';
import type { Step } from '../narrator.ts';
import { until } from '../stage.ts';
import { sayLinks, sayNames } from '../words.ts';

/** What a name is to its namespace, and how both end. */
export const endings: readonly Step[] = [
  {
    title: 'Take the name myns1 away while a process lives in there',
    call: ["NetworkNamespace.removeName('myns1')", 'NetworkNamespace.open({ pid })'],
    ip: ['ip netns delete myns1'],
    async run(stage) {
      const { id } = stage.get('myns1');
      const { pid } = stage.residentOf('myns1');
      NetworkNamespace.removeName('myns1');
      stage.release('myns1');
      using left = NetworkNamespace.open({ pid });
      assert.deepEqual(left.id, id);
      const links = (await left.network.links.list()).map(({ name }) => name);
      const { milliseconds } = await ping(stage.get('myns2'), '10.0.0.1', { timeout: 10_000 });
      return [
        ...sayNames(),
        `process ${pid} still lives in ${left}, with its devices ${links.join(', ')}`,
        `10.0.0.1 answers as before, after ${milliseconds.toFixed(2)} ms`,
      ];
    },
  },
  {
    title: 'When that process ends, so does the namespace, and with it the cable',
    call: ['// the process ends', 'myns2.network.links.list()'],
    ip: ['kill PID', 'ip -n myns2 link'],
    async run(stage) {
      const myns2 = stage.get('myns2');
      await stage.moveOut('myns1');
      await until('veth2 is gone', async () =>
        (await myns2.network.links.list()).every(({ name }) => name !== 'veth2'),
      );
      return sayLinks(myns2);
    },
  },
  {
    title: 'Take myns2 away, too, and see what the monitor heard',
    call: ["NetworkNamespace.removeName('myns2')"],
    ip: ['ip netns delete myns2'],
    async run(stage) {
      NetworkNamespace.removeName('myns2');
      stage.release('myns2');
      await until(
        'the monitor has heard of it',
        () => stage.events.at(-1)?.event === 'delete' && stage.events.length >= 6,
      );
      const heard = stage.events.map(({ event, name }) => `${event} ${name}`);
      assert.deepEqual(heard, ['add myns1', 'ready myns1', 'add myns2', 'ready myns2', 'delete myns1', 'delete myns2']);
      return heard;
    },
  },
  {
    title: 'Nothing is left',
    call: ['NetworkNamespace.names()'],
    ip: ['ip netns list'],
    async run(stage) {
      await stage.moveOut('nameless');
      stage.release('nameless');
      assert.deepEqual(NetworkNamespace.names(), []);
      using network = openNetwork();
      const links = (await network.links.list()).map(({ name }) => name);
      assert.deepEqual(links, ['lo']);
      return [`no names, and here no device but ${links.join()}`];
    },
  },
];
