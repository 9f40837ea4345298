/**
 * A program in a world of its own: new namespaces of every type but the cgroup's, its own host name and clock, and nothing that it could
 * do to the machine. What is going to be done can be seen first.
 *
 * Needs no root. To try it: tools/run.mjs examples/sandbox.ts
 */
import { describePlan, exec, type SpawnPlan } from 'netns';

const script =
  'echo "user $(id -u), process $$ on $(hostname), up for $(cut -d. -f1 /proc/uptime) seconds"; ls /sys/class/net';
const plan: SpawnPlan = {
  command: 'sh',
  args: ['-c', script],
  create: ['user', 'net', 'pid', 'mnt', 'uts', 'ipc', 'time'],
  users: 'root',
  proc: true,
  sys: true,
  hostname: 'sandbox',
  clocks: { boottime: 1_000_000_000 },
  init: true,
  noNewPrivileges: true,
};

const [first] = describePlan(plan);
console.log(`first of all: ${first?.does}`);
const { stdout, exitCode } = await exec(plan);
console.log(stdout.trimEnd());
console.log(`exit status ${exitCode}`);
