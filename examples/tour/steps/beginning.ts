import assert from 'node:assert/strict';
import { release } from 'node:os';
import { NetworkNamespace } from 'netns';
import { here } from '../ground.ts';
import type { Step } from '../narrator.ts';
import { sayLinks, sayNames } from '../words.ts';

/** Where the tour stands, and its two namespaces. */
export const beginning: readonly Step[] = [
  {
    title: 'Ground of our own: whatever is made here ends with this program',
    call: [],
    ip: ['unshare --user --map-root-user --mount --net   (as root: unshare --mount --net)'],
    async run({ outside }) {
      const inside = here();
      assert.notEqual(inside.net, outside.net);
      assert.notEqual(inside.mnt, outside.mnt);
      assert.deepEqual(NetworkNamespace.names(), []);
      const user = inside.user === outside.user ? 'as outside, we are root' : `outside ${outside.user}`;
      return [
        `Linux ${release()}`,
        `${inside.net} (outside ${outside.net})`,
        `${inside.mnt} (outside ${outside.mnt})`,
        `${inside.user} (${user})`,
      ];
    },
  },
  {
    title: 'Listen to names that come and go',
    call: ['NetworkNamespace.monitor()'],
    ip: ['ip netns monitor'],
    async run(stage) {
      stage.listen();
      return ['nothing yet; what it hears is told at the end'];
    },
  },
  {
    title: 'Two network namespaces with names',
    call: ["NetworkNamespace.createNamed('myns1')", "NetworkNamespace.createNamed('myns2')"],
    ip: ['ip netns add myns1', 'ip netns add myns2'],
    async run(stage) {
      const made = [stage.make('myns1'), stage.make('myns2')];
      assert.deepEqual(
        sayNames(),
        made.map((namespace) => `${namespace.name}: ready, ${namespace}`),
      );
      return sayNames();
    },
  },
  {
    title: 'A new one holds nothing but a loopback device that is down',
    call: ['myns1.network.links.list()'],
    ip: ['ip -n myns1 link'],
    async run(stage) {
      const links = await stage.get('myns1').network.links.list();
      assert.deepEqual(
        links.map(({ name, loopback, up }) => ({ name, loopback, up })),
        [{ name: 'lo', loopback: true, up: false }],
      );
      return sayLinks(stage.get('myns1'));
    },
  },
];
