#!/usr/bin/env node
// Keeps V8's compiled form of each bundle beside it, for the version of Node that runs this: most of what the command needs to start
// is compiling. Other versions refuse it, and compile (src/cli/launch.ts).
//   node scripts/build-code-cache.mjs DIRECTORY            what runs when a bundle is loaded is in the compiled form
//   node scripts/build-code-cache.mjs DIRECTORY rehearse   and what its verb runs: needs private namespaces, makes names in them
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const [directory, rehearse] = process.argv.slice(2);

/** What is done before, so that there is something to tell. */
const stage = ['add a', 'add b', 'set a 1', 'ip link add v0 type veth peer name v1'];

/**
 * What each bundle is made to do, in this order; V8 compiles a function when it is first called. Nothing that sets flags of V8 meanwhile
 * (src/cli/spare-memory.ts): it would take none of these forms where they are not set.
 */
const rehearsals = {
  version: ['--version', 'version --json'],
  help: ['help'],
  ls: ['ls', 'ls --json', 'ls --names'],
  why: ['why a', 'why a --json'],
  leaks: ['leaks', 'leaks --json'],
  listen: ['listen', 'listen --json'],
  peer: ['peer v0', 'peer v0 --json'],
  graph: ['graph', 'graph --json'],
  show: ['show a', 'show a --json'],
  snapshot: ['snapshot --write /run/before'],
  diff: ['diff /run/before', 'diff /run/before --json'],
  capture: ['capture a:none'],
  export: ['export a', 'export a --json'],
  apply: ['apply /run/document --dry-run', 'apply /run/document'],
  ids: ['ids', 'ids --json'],
  identify: ['identify', 'identify --json'],
  pids: ['pids a', 'pids /proc/self/ns/net', 'pids a --json'],
  stats: ['stats a', 'stats a --json'],
  sysctl: ['sysctl a net.ipv4.ip_forward', 'sysctl a net.ipv4.ip_forward=1', 'sysctl a -a', 'sysctl a -a --json'],
  sockets: ['sockets', 'sockets --json'],
  conntrack: ['conntrack list a', 'conntrack list a --json'],
  doctor: ['doctor', 'doctor --json'],
  firewall: ['firewall show a', 'firewall show a --json', 'firewall flush a'],
  tc: ['tc qdisc', 'tc -n a -j qdisc', 'tc qdisc add dev lo root pfifo limit 10', 'tc -s class show dev lo'],
  shape: ['shape show a', 'shape show a --json', 'shape set a lo --rate 10mbit', 'shape clear a lo'],
  lsns: ['lsns', 'lsns -t net', 'lsns --json'],
  'ip-netns-show': ['ip netns', 'ip -n a netns', 'ip netns list-id', 'ip -j netns', 'ip -j netns list-id'],
  'ip-netns': ['ip netns pids a', 'ip netns identify', 'ip netns add d', 'ip netns delete d'],
  'ip-link-show': [
    'ip link',
    'ip -j link',
    'ip -d link',
    'ip -s link',
    'ip -br link',
    'ip link show lo',
    'ip -n a link',
  ],
  'ip-link': ['ip link add v2 type veth peer name v3', 'ip link set lo up', 'ip link delete v2'],
  'ip-address-show': ['ip addr', 'ip -j addr', 'ip -br addr', 'ip addr show lo'],
  'ip-address': ['ip addr add 127.0.0.2/8 dev lo', 'ip addr del 127.0.0.2/8 dev lo'],
  'ip-neighbour-show': ['ip neigh', 'ip -j neigh'],
  'ip-route-show': ['ip route', 'ip -j route', 'ip -6 route'],
  'ip-rule-show': ['ip rule', 'ip -j rule'],
  ip: ['ip -n a netns', 'ip -n a link', 'ip -n a -j link', 'ip -n a addr'],
  add: ['add c'],
  set: ['set b 2'],
  del: ['del c'],
};

/** What `apply` reads. */
const document =
  '{ "version": 1, "namespaces": { "e": { "links": { "v4": { "kind": "bridge", "up": true } }, "addresses": [{ "link": "v4", "address": "192.0.2.1/24" }] } } }';

/** Loads a bundle as src/cli/launch.ts does, without a compiled form. */
function load(name) {
  const file = join(directory, `${name}.cjs`);
  const script = new Script(readFileSync(file, 'utf8'), { filename: file });
  const module = { exports: {} };
  script.runInThisContext().call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return {
    main: module.exports.main,
    keep: () => writeFileSync(`${file}.${process.version}.cache`, script.createCachedData()),
  };
}

async function perform(bundle, line) {
  process.argv.splice(2, Infinity, ...line.split(' '));
  await bundle.main().catch(() => {}); // a kernel may lack something: then there is less to keep
}

process.on('exit', () => {}); // who listens gets `process.exit` (src/cli/leave.ts)
const { exit } = process;
process.exit = () => {};

const names = readdirSync(directory).flatMap((file) => /^(.*)\.cjs$/.exec(file)?.[1] ?? []);
const bundles = new Map(names.filter((name) => name !== 'main').map((name) => [name, load(name)]));
if (rehearse) {
  writeFileSync('/run/document', document);
  for (const line of stage) await perform(bundles.get(/^ip/.test(line) ? 'ip' : line.split(' ')[0]), line);
  for (const [name, lines] of Object.entries(rehearsals))
    for (const line of lines) await perform(bundles.get(name), line);
}
for (const bundle of bundles.values()) bundle.keep();
exit(0);
