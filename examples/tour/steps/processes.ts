import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { NetworkNamespace, namespaceIdOf } from 'netns';
import type { Step } from '../narrator.ts';

/** Commands and processes inside, and which namespace a process is in. */
export const processes: readonly Step[] = [
  {
    title: 'A command in a namespace sees its devices only',
    call: ["myns1.exec('cat', ['/proc/net/dev'], { mounts: false })"],
    ip: ['ip netns exec myns1 cat /proc/net/dev'],
    async run(stage) {
      const { stdout, exitCode } = await stage.get('myns1').exec('cat', ['/proc/net/dev'], { mounts: false });
      assert.equal(exitCode, 0);
      const devices = stdout
        .split('\n')
        .slice(2)
        .flatMap((line) => (line.includes(':') ? [line.slice(0, line.indexOf(':')).trim()] : []));
      const links = await stage.get('myns1').network.links.list();
      assert.deepEqual(devices.sort(), links.map(({ name }) => name).sort());
      return [`cat: ${devices.join(', ')}; exit status ${exitCode}`];
    },
  },
  {
    title: 'A process that lives in a namespace',
    call: ["myns1.spawn('cat')", 'myns1.processes()'],
    ip: ['ip netns exec myns1 cat &', 'ip netns pids myns1'],
    async run(stage) {
      const { pid } = await stage.moveInto('myns1');
      assert.deepEqual(stage.get('myns1').processes(), [pid]);
      return stage
        .get('myns1')
        .processes()
        .map((each) => `process ${each} (${readFileSync(`/proc/${each}/comm`, 'utf8').trim()})`);
    },
  },
  {
    title: 'Which namespace is that process in?',
    call: ['namespaceIdOf(pid)', 'NetworkNamespace.names()'],
    ip: ['ip netns identify PID'],
    async run(stage) {
      const { pid } = stage.residentOf('myns1');
      const { ino } = namespaceIdOf(pid);
      const names = NetworkNamespace.names().filter(({ id }) => id?.ino === ino);
      assert.deepEqual(
        names.map(({ name }) => name),
        ['myns1'],
      );
      return [`process ${pid} is in net:[${ino}], which is called ${names.map(({ name }) => name).join(', ')}`];
    },
  },
  {
    title: 'And one in a namespace without a name?',
    call: ["NetworkNamespace.create().spawn('cat')", 'NetworkNamespace.open({ pid })'],
    ip: ['ip netns identify PID   (prints an empty line)'],
    async run(stage) {
      stage.make('nameless', false);
      const { pid } = await stage.moveInto('nameless');
      using found = NetworkNamespace.open({ pid });
      using owner = found.owner();
      assert.ok(found.equals(stage.get('nameless')));
      assert.deepEqual(
        NetworkNamespace.names().filter(({ id }) => id?.ino === found.id.ino),
        [],
      );
      return [
        `process ${pid} is in ${found}, which has no name`,
        `cookie ${found.cookie}, owner ${owner} of uid ${owner.ownerUid()}, ${found.processes().length} process`,
      ];
    },
  },
];
