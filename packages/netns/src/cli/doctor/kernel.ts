import { readdirSync } from 'node:fs';
import { release } from 'node:os';
import { namespaceTypes } from '../../namespaces/type.ts';
import type { Finding } from './finding.ts';

const oldest = [5, 8] as const;

/** What the kernel is. */
export function kernelFindings(): Finding[] {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const recent = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  const files = ownNamespaceFiles();
  const lacking = namespaceTypes.filter((type) => !files.includes(type));
  return [
    {
      group: 'kernel',
      what: `Linux ${oldest.join('.')} or later`,
      state: recent ? 'yes' : 'no',
      neededFor: 'entering all namespaces of a process at once',
      note: release(),
    },
    {
      group: 'kernel',
      what: '/proc',
      state: files.length > 0 ? 'yes' : 'no',
      neededFor: 'everything',
      note: files.length > 0 ? 'mounted' : '/proc/self/ns cannot be listed',
      essential: true,
    },
    {
      group: 'kernel',
      what: 'all types of namespaces',
      state: lacking.length === 0 ? 'yes' : 'no',
      neededFor: 'what they separate',
      note: lacking.length === 0 ? namespaceTypes.join(' ') : `not here: ${lacking.join(' ')}`,
    },
  ];
}

function ownNamespaceFiles(): string[] {
  try {
    return readdirSync('/proc/self/ns');
  } catch {
    return [];
  }
}
