import { KernelError } from '../../errors.ts';
import { commandIn } from '../command-in.ts';
import { either, integer, listOf, mapOf, text, truth } from '../schema.ts';
import type { PartSection, Place } from './part-section.ts';

const number = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const name = text('the name of a sysctl, as sysctl(8) has it: net.ipv4.ip_forward', (key) =>
  /^net[./]/.test(key) ? undefined : "it must be the name of a sysctl below 'net.'",
);
const schema = mapOf(
  name,
  either([number, truth(), text('a value'), listOf(number)]),
  'Settings of the network, by name. Those that are not named are left alone.',
);

type Value = number | boolean | string | readonly number[];

/** What is no setting, or nobody's but the kernel's: counts, keys, what follows from the device. */
const notSettings =
  /(?:^net\.netfilter\.nf_conntrack_count|\.mtu|\.stable_secret|_key|_hooks?)$|^net\.unix\.|\.route\./;

export const sysctls: PartSection = {
  name: 'sysctls',
  schema,
  read: async ({ network, usualSysctls }, named) =>
    named === undefined
      ? unusual(network.sysctl, (await usualSysctls?.()) ?? new Map())
      : valuesOf(network.sysctl, named),
  full(value) {
    const parts = Array.isArray(value) ? value : [value];
    return parts
      .map((part) => String(typeof part === 'boolean' ? Number(part) : part).trim())
      .join(' ')
      .replace(/\s+/g, ' ');
  },
  device: deviceOf,
  isLost: (key, loss) => loss.of === 'link' && loss.how === 'deleted' && deviceOf(key) === loss.link,
  when: 'early',
  commands: (namespace, { key, want }) => [commandIn(namespace, `sysctl -w ${key}=${JSON.stringify(want)}`)],
  async run({ network }, { key, want }) {
    await network.sysctl.set(key, want as string);
  },
};

/** `net.ipv4.conf.eth0/5.forwarding` is of eth0.5. */
function deviceOf(key: string): string | undefined {
  const device = /^net[./]ipv[46][./](?:conf|neigh)[./]([^.]+)[.]/.exec(key)?.[1]?.replaceAll('/', '.');
  return device === 'all' || device === 'default' ? undefined : device;
}

type Sysctl = Place['network']['sysctl'];

/** Those that there are: a device may still be to come. */
async function valuesOf(sysctl: Sysctl, names: readonly string[]): Promise<Record<string, Value>> {
  const found: Record<string, Value> = {};
  try {
    const values = await sysctl.getAll(names);
    for (const [index, key] of names.entries()) found[key] = values[index] as Value;
  } catch (error) {
    if (!(error instanceof KernelError) || error.code !== 'ENOENT') throw error;
    if (names.length === 1) return {};
    for (const key of names) Object.assign(found, await valuesOf(sysctl, [key]));
  }
  return found;
}

/** What is not as in a new namespace, or as the defaults of this one say of its devices. */
async function unusual(sysctl: Sysctl, fresh: ReadonlyMap<string, unknown>): Promise<Record<string, Value>> {
  const own = await sysctl.list();
  const ownValues = new Map(own.map((entry) => [entry.name, entry.value]));
  const found: Record<string, Value> = {};
  for (const { name: key, value } of own) {
    if (notSettings.test(key)) continue;
    const device = deviceOf(key);
    const usual =
      device === undefined || device === 'lo'
        ? fresh.get(key)
        : ownValues.get(key.replace(/^(net\.ipv[46]\.(?:conf|neigh)\.)[^.]+/, '$1default'));
    if (usual !== undefined && sysctls.full(value) !== sysctls.full(usual)) found[key] = value as Value;
  }
  return found;
}
