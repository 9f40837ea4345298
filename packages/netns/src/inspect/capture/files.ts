import { write } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { InvalidArgumentError, KernelError } from '../../errors.ts';
import type { Capture } from './capture.ts';

/** How large the files of a capture get, and how many there are: `tcpdump -C`, `-W`. */
export interface CaptureFileOptions {
  /** A new file is begun before one gets larger than so many bytes: then the names have numbers. Default: one file of any size. */
  readonly fileSize?: number | undefined;
  /** Only so many of the last files are kept. Default: 2. */
  readonly files?: number | undefined;
}

const smallestFile = 4096;

/**
 * Writes a capture to a file of pcapng, which Wireshark and tcpdump read; whatever was there is overwritten. With `fileSize` it is a ring of files:
 * `trace.pcapng` becomes `trace-00001.pcapng`, `trace-00002.pcapng`, …, each complete.
 *
 * After each write the file is whole, so it can be read while it grows, and after the process was killed. Ends with the capture, and closes it. Throws
 * KernelError (ENOSPC, EACCES, …); what was written until then is whole.
 */
export async function writeCapture(capture: Capture, path: string, options: CaptureFileOptions = {}): Promise<void> {
  const { fileSize, files = 2 } = options;
  if (fileSize !== undefined && !(fileSize >= smallestFile))
    throw new InvalidArgumentError('file size', fileSize, `at least ${smallestFile} bytes are needed`);
  if (!(Number.isSafeInteger(files) && files > 0))
    throw new InvalidArgumentError('number of files', files, 'at least 1 is needed');
  using closing = capture;
  await using file = new CaptureFiles(path, fileSize, files);
  await file.next();
  for await (const blocks of closing.pcapng()) await file.write(blocks, closing);
}

/** Writes a capture to a descriptor that is open already (a pipe, say), and does not close that. Throws KernelError: EPIPE. */
export async function writeCaptureTo(capture: Capture, fd: number): Promise<void> {
  using closing = capture;
  const writePart = promisify(write);
  for await (const blocks of closing.pcapng())
    await writeAll(blocks, `to descriptor ${fd}`, async (rest) => (await writePart(fd, rest)).bytesWritten);
}

class CaptureFiles implements AsyncDisposable {
  readonly #path: string;
  readonly #limit: number;
  readonly #ring: boolean;
  readonly #files: number;
  #number = 0;
  #handle: FileHandle | undefined;
  #size = 0;
  /** Its header alone. */
  #isFresh = true;

  constructor(path: string, limit: number | undefined, files: number) {
    this.#path = path;
    this.#ring = limit !== undefined;
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#files = files;
  }

  async write(blocks: Uint8Array, capture: Capture): Promise<void> {
    let rest = blocks;
    while (rest.length > 0) {
      const room = wholeBlocks(rest, this.#limit - this.#size, this.#isFresh);
      await this.#append(rest.subarray(0, room));
      this.#isFresh = this.#size === room && this.#number === 1;
      rest = rest.subarray(room);
      if (rest.length === 0) return;
      await this.next();
      await this.#append(capture.header());
      this.#isFresh = true;
    }
  }

  /** Begins the next file, and takes away the one that is too many. */
  async next(): Promise<void> {
    await this.#handle?.close();
    this.#number++;
    const name = this.#nameOf(this.#number);
    this.#handle = await open(name, 'w').catch((error) => Promise.reject(refusal(error, name)));
    this.#size = 0;
    if (this.#number > this.#files) await rm(this.#nameOf(this.#number - this.#files), { force: true });
  }

  #nameOf(number: number): string {
    if (!this.#ring) return this.#path;
    const [, stem = '', extension = ''] = /^(.*?[^/])(\.[^./]*)?$/s.exec(this.#path) ?? [];
    return `${stem}-${String(number).padStart(5, '0')}${extension}`;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const handle = this.#handle as FileHandle;
    try {
      await writeAll(bytes, this.#nameOf(this.#number), async (rest) => (await handle.write(rest)).bytesWritten);
    } catch (error) {
      await handle.truncate(this.#size).catch(() => {}); // half a block is none
      throw error;
    }
    this.#size += bytes.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }
}

/** How many of these bytes are whole blocks that fit; with `one`, the first even if it does not. */
function wholeBlocks(bytes: Uint8Array, room: number, one: boolean): number {
  if (bytes.length <= room) return bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = 0;
  while (end < bytes.length) {
    const next = end + view.getUint32(end + 4, true);
    if (next > room && !(one && end === 0)) break;
    end = next;
  }
  return end;
}

function refusal(error: unknown, what: string): unknown {
  const { errno, syscall = 'write' } = error as NodeJS.ErrnoException;
  return errno === undefined
    ? error
    : new KernelError({ errno: -errno, syscall, operation: `write ${what}`, cause: error });
}

/** All of it, also into a pipe that somebody has made non-blocking. */
async function writeAll(bytes: Uint8Array, what: string, write: (rest: Uint8Array) => Promise<number>): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(await write(rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw refusal(error, what);
      await pause(5);
    }
  }
}
