import { InvalidArgumentError } from '../../errors.ts';

/** The kernel's numbers (`linux/capability.h`) are the places in this list. capabilities(7). */
export const capabilityNames = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
] as const;

export type Capability = (typeof capabilityNames)[number];

/** All that there may ever be: what a kernel does not know yet is left alone. */
export const everyCapability = (1n << 63n) - 1n;

/** The bits of capabilities; `CAP_NET_ADMIN` and `net_admin` are the same. Throws InvalidArgumentError. */
export function capabilityMask(capabilities: 'all' | readonly string[]): bigint {
  if (capabilities === 'all') return everyCapability;
  return capabilities.reduce((mask: bigint, each) => {
    const number = capabilityNames.indexOf(each.toLowerCase().replace(/^cap_/, '') as Capability);
    if (number < 0) throw new InvalidArgumentError('capability', each, 'there is no such capability');
    return mask | (1n << BigInt(number));
  }, 0n);
}
