import type { Namespace } from '../namespaces/namespace.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../native/constants.ts';
import { FileReader } from '../native/file-reader.ts';
import { inEachNamespace } from '../native/passage.ts';
import { type SyscallStep, syscall } from '../native/syscall.ts';
import { readText } from '../wire/text.ts';

/**
 * The names of the devices in each of some namespaces; undefined without the right to enter it.
 *
 * From `/proc/net/dev`, not by netlink: a listing of links makes the kernel give ids, inside the namespace that is looked at, to
 * all that its veths lead to. To look must not change anything.
 */
export function deviceNames(namespaces: readonly Namespace[]): readonly (readonly string[] | undefined)[] {
  const descriptors = namespaces.map(({ fd }) => fd);
  const open: SyscallStep = ['openat', AT_FDCWD, '/proc/self/net/dev', O_RDONLY | O_CLOEXEC];
  return inEachNamespace(descriptors, CLONE_NEWNET, 'list devices', open).map((fd) => {
    if (fd < 0) return undefined;
    const table = reader.bytesOf(fd);
    syscall('close', fd);
    return table && parseDeviceTable(table);
  });
}

/** The same, by a process that is in there: that takes no right to enter. Undefined if the process has ended. */
export function deviceNamesOfProcess(pid: number): readonly string[] | undefined {
  const path = `/proc/${pid}/net/dev`;
  const start = reader.start(path);
  return start && parseDeviceTable(start.length < sureToBeAll ? start : (reader.bytes(path) ?? start));
}

/** One read gives as many whole lines as go into 4096 bytes; none has more than 400. */
const sureToBeAll = 3600;
const reader = new FileReader();
const newline = 0x0a;
const colon = 0x3a;
const blank = 0x20;

/** Two lines of head, then `  eth0: 1 2 3 …`; a name has neither blanks nor colons. */
export function parseDeviceTable(table: Uint8Array): readonly string[] {
  const names: string[] = [];
  let at = table.indexOf(newline, table.indexOf(newline) + 1) + 1;
  for (let end = table.indexOf(colon, at); end >= 0; end = table.indexOf(colon, at)) {
    while (table[at] === blank) at++;
    names.push(readText(table, at, end));
    at = table.indexOf(newline, end) + 1;
  }
  return names;
}
