// look-node: the links of /proc/PID/ns of every process, by Node's own functions; prints stamps of the second look.
import { readdirSync, readlinkSync } from 'node:fs';
import { report } from './stamps.ts';

const types = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];

function look(): Map<string, number[]> {
  const processes = new Map<string, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    for (const type of types) {
      try {
        const namespace = readlinkSync(`/proc/${name}/ns/${type}`);
        const known = processes.get(namespace);
        if (known === undefined) processes.set(namespace, [Number(name)]);
        else known.push(Number(name));
      } catch {}
    }
  }
  return processes;
}
look();
await report(() => {
  if (look().size === 0) throw new Error('nothing seen');
});
