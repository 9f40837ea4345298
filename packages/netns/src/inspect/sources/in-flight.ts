import { idOfDescriptor } from '../../namespaces/identity.ts';
import { Arena } from '../../native/arena.ts';
import {
  AF_UNIX,
  MSG_CMSG_CLOEXEC,
  MSG_DONTWAIT,
  MSG_PEEK,
  SCM_PIDFD,
  SCM_RIGHTS,
  SO_DOMAIN,
  SO_PEEK_OFF,
  SOL_SOCKET,
} from '../../native/constants.ts';
import type { FileReader } from '../../native/file-reader.ts';
import { syscall } from '../../native/syscall.ts';
import { socketOption } from './of-descriptor.ts';

/** The most descriptors that one message may carry are 253: SCM_MAX_FD, `net/scm.h`. */
const controlSize = 2048;
const headerSize = 56;
const maximumDepth = 4;

/** Memory for looking into queues; close it. */
export class QueueView implements Disposable {
  readonly #arena = new Arena(4096);

  /**
   * The descriptors that the first message in the queue of a unix socket carries, handed to `see` one by one, with the number of unix sockets in flight around each, and closed afterwards. The
   * message stays where it is. A socket whose owner uses SO_PEEK_OFF is left alone, because a look would move that. What has been looked at
   * is not looked at again: sockets can be on their way through each other.
   *
   * recvmsg(2) with MSG_PEEK makes duplicates of the descriptors. Of a queue, only its first message can be seen in this way.
   */
  look(
    socket: number,
    see: (fd: number, depth: number) => void,
    depth = 0,
    looked: Set<number> = new Set<number>(),
  ): void {
    const { ino } = idOfDescriptor(socket);
    if (looked.has(ino)) return;
    looked.add(ino);
    if (socketOption(socket, SO_DOMAIN) !== AF_UNIX) return;
    if ((socketOption(socket, SO_PEEK_OFF) ?? -1) >= 0) return;
    const descriptors = this.#peek(socket);
    try {
      for (const fd of descriptors) {
        see(fd, depth);
        // A unix socket that is on its way may have something in its own queue.
        if (depth < maximumDepth) this.look(fd, see, depth + 1, looked);
      }
    } finally {
      for (const fd of descriptors) syscall('close', fd);
    }
  }

  #peek(socket: number): readonly number[] {
    const header = new Uint8Array(headerSize); // struct msghdr
    const view = new DataView(header.buffer);
    const { address } = this.#arena;
    view.setBigUint64(16, BigInt(address + 64), true); // msg_iov
    view.setBigUint64(24, 1n, true);
    view.setBigUint64(32, BigInt(address + 128), true); // msg_control
    view.setBigUint64(40, BigInt(controlSize), true);
    const vector = new Uint8Array(16);
    const vectorView = new DataView(vector.buffer);
    vectorView.setBigUint64(0, BigInt(address + 96), true);
    vectorView.setBigUint64(8, 1n, true);
    this.#arena.put(0, header);
    this.#arena.put(64, vector);
    const got = syscall('recvmsg', socket, address, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) return [];
    this.#arena.take(0, header);
    const control = new Uint8Array(Number(view.getBigUint64(40, true)));
    this.#arena.take(128, control);
    return descriptorsIn(control);
  }

  close(): void {
    this.#arena.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The descriptors in control messages; those of processes too, which have to be closed as well. cmsg(3). */
export function descriptorsIn(control: Uint8Array): number[] {
  const view = new DataView(control.buffer, control.byteOffset, control.length);
  const found: number[] = [];
  for (let at = 0; at + 16 <= control.length; ) {
    const length = Number(view.getBigUint64(at, true));
    if (length < 16) break;
    const type = view.getInt32(at + 12, true);
    if (view.getInt32(at + 8, true) === SOL_SOCKET && (type === SCM_RIGHTS || type === SCM_PIDFD))
      for (let each = at + 16; each + 4 <= Math.min(at + length, control.length); each += 4)
        found.push(view.getInt32(each, true));
    at += (length + 7) & ~7;
  }
  return found;
}

const countLine = /^scm_fds:\s*(\d+)$/m;

/** How many descriptors wait in the queue of a unix socket: `scm_fds` of /proc/PID/fdinfo/FD; undefined for other files. */
export function descriptorsWaiting(reader: FileReader, path: string): number | undefined {
  const info = reader.start(path);
  const [, count] = countLine.exec(info === undefined ? '' : new TextDecoder('latin1').decode(info)) ?? [];
  return count === undefined ? undefined : Number(count);
}
