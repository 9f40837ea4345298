import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../../native/constants.ts';
import type { Fd } from '../../native/fd.ts';
import { FileReader } from '../../native/file-reader.ts';
import { inNamespace } from '../../native/passage.ts';
import { syscall } from '../../native/syscall.ts';
import { socketStates } from '../../netlink/families/diag/sock-diag.ts';
import { formatIpAddress } from '../../wire/ip-address.ts';
import type { IpFamily } from '../prefix.ts';
import type { InetSocket, SocketEnd, SocketState } from './socket.ts';

/**
 * The raw sockets of a namespace as /proc/net/raw and raw6 have them: for kernels without raw_diag. Undefined if the file cannot be read.
 * `namespace` undefined: this process's own.
 */
export function rawSocketTable(family: IpFamily, namespace: Fd | undefined): InetSocket[] | undefined {
  const path = `/proc/thread-self/net/raw${family === 'inet6' ? '6' : ''}`;
  const reader = new FileReader();
  if (namespace === undefined) return parsed(reader.bytes(path), family);
  const { results, failed } = inNamespace(namespace, CLONE_NEWNET, 'list raw sockets', [
    ['openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC],
  ]);
  const [file] = results;
  if (failed !== undefined || file === undefined) return undefined;
  const table = parsed(reader.bytesOf(file), family);
  syscall('close', file);
  return table;
}

function parsed(table: Uint8Array | undefined, family: IpFamily): InetSocket[] | undefined {
  return table && parseRawTable(new TextDecoder().decode(table), family);
}

/** A line of head, then `1: 0100007F:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 8534274 2 …`. proc(5). */
export function parseRawTable(table: string, family: IpFamily): InetSocket[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', remote = '', state = '', queues = '', , , uid, , inode] = line.trim().split(/\s+/);
      if (inode === undefined) return [];
      const [sendQueue = '0', receiveQueue = '0'] = queues.split(':');
      return {
        kind: 'raw',
        family,
        state: (socketStates as Readonly<Record<number, SocketState>>)[Number.parseInt(state, 16)] ?? 'close',
        local: endOf(local),
        remote: endOf(remote),
        link: undefined,
        receiveQueue: Number.parseInt(receiveQueue, 16),
        sendQueue: Number.parseInt(sendQueue, 16),
        inode: Number(inode),
        cookie: undefined,
        uid: Number(uid),
        shutdown: [],
        timer: undefined,
        congestion: undefined,
        v6only: undefined,
        mark: undefined,
        cgroup: undefined,
        memory: undefined,
        processes: undefined,
        message: undefined,
      };
    });
}

/** An address is written as words of the machine, `0100007F` for 127.0.0.1; behind it a port, of raw sockets a protocol. */
function endOf(text: string): SocketEnd {
  const [words = '', port = '0'] = text.split(':');
  const address = new Uint8Array(words.length / 2);
  const view = new DataView(address.buffer);
  for (let at = 0; at < address.length; at += 4)
    view.setUint32(at, Number.parseInt(words.slice(2 * at, 2 * at + 8), 16), true);
  return { address: formatIpAddress(address), port: Number.parseInt(port, 16) };
}
