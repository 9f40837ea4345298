import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { namesLeft } from './support/cli.ts';
import { examples, startExample } from './support/examples.ts';
import { endOf } from './support/run.ts';

/** What each example prints, and no more. */
const outputs: Readonly<Record<string, RegExp>> = {
  'examples/create-and-exec.ts': /^Inter-\|.*\n face .*\n {4}lo: .*\nexit status 0\n$/,
  'examples/follow-a-network.ts':
    /^present 127\.0\.0\.1\/8\nfrom now on there are changes\nset 192\.0\.2\.1\/32\ndelete 192\.0\.2\.1\/32\n$/,
  'examples/load-a-firewall.ts':
    /^the web \[\{"match":.*"right":\{"set":\[80,443\]\}\}\},\{"counter":\{"packets":0,"bytes":0\}\},\{"accept":null\}\]\n$/,
  'examples/lab-from-a-document.ts': /^ip netns add blue\nip netns add red\n(ip -n .*\n){4}the second time: 0 steps\n$/,
  'examples/forget-connections.ts':
    /^(10\.0\.0\.1:500[01] asks 192\.0\.2\.53, and 10\.0\.0\.53 answers\n){2}2 forgotten\n$/,
  'examples/monitor.ts': /^add demo\nready demo\ndelete demo\n$/,
  'examples/nameless.ts':
    /^process \d+ is in net:\[\d+\], cookie \d+: 1 process in all\nby its inode it is the one that we made\nnow it is called demo\n$/,
  'examples/own-firewall.ts': /^before: an answer\nwith the table: ETIMEDOUT\nafter: an answer\n$/,
  'examples/sandbox.ts':
    /^first of all: create new namespaces \(CLONE_\S+\)\nuser 0, process 2 on sandbox, up for 1\d{9} seconds\nlo\nexit status 0\n$/,
  'examples/set-sysctls.ts':
    /^it forwards: 1, from ports 20000 to 30000\n(net\.ipv4\.conf\.(all|default|lo)\.forwarding = 1\n){3}$/,
  'examples/switch-offloads.ts':
    /^tx-checksum-ip-generic: off\ntx-generic-segmentation: off\ntx-tcp-segmentation: off\n$/,
  'examples/through-a-router.ts':
    /^from 10\.0\.1\.2 to 10\.0\.2\.2 by way of 10\.0\.1\.1\n10\.0\.2\.2 answers after \d+\.\d\d ms\n$/,
  'examples/capture-a-path.ts':
    /^out of red: UDP to 10\.0\.0\.2:9, in order\nin of blue: UDP to 10\.0\.0\.2:9, in order\n$/,
  'examples/who-listens.ts':
    /^127\.0\.0\.1:8080 belongs to this process\nto port 8080: close-wait, 6 bytes received\n$/,
  'examples/veth-between-two.ts': /^10\.0\.0\.2 answers after \d+\.\d\d ms\n$/,
  'examples/shape-a-link.ts':
    /^(the qdisc netem is not available here.*CONFIG_NET_SCH_NETEM.*\n)?tbf at root: 0 packets, 0 dropped\n$/i,
  'examples/follow-the-machine.ts': /^set namespace demo\npresent lo down\nset lo up\n$/,
  'examples/what-has-changed.ts': /^changed link mtu\nborn rule\n$/,
  'examples/watch-counters.ts':
    /^0 echo requests, until now\n1 echo requests, and more each second\n2 echo requests, and more each second\n$/,
};

it('is run by a test: every example', () => {
  const here = import.meta.dirname;
  const tests = readdirSync(here).filter((file) => file.endsWith('.test.ts'));
  const texts = tests.map((file) => readFileSync(join(here, file), 'utf8')).join();
  expect(examples.filter((file) => !texts.includes(basename(file, '.ts')))).toEqual([]);
});

it.each(Object.keys(outputs))('%s runs, and leaves no name behind', async (file) => {
  expect(await endOf(startExample(file))).toEqual({
    stdout: expect.stringMatching(outputs[file] ?? /never/),
    stderr: '',
    exitCode: 0,
    signal: null,
  });
  expect(namesLeft()).toEqual([]);
});
