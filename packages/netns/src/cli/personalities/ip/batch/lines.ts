import { readSync } from 'node:fs';

/** The lines of an open file, each with its newline, as they come: a program may write them into a pipe one by one. */
export function* readLines(fd: number): Generator<string> {
  const chunk = Buffer.alloc(65536);
  const decoder = new TextDecoder();
  let pending = '';
  for (;;) {
    const length = readSome(fd, chunk);
    if (length === 0) break;
    pending += decoder.decode(chunk.subarray(0, length), { stream: true });
    let start = 0;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n', start)) {
      yield pending.slice(start, end + 1);
      start = end + 1;
    }
    pending = pending.slice(start);
  }
  pending += decoder.decode();
  if (pending !== '') yield pending;
}

/** 0 at the end, and also for what cannot be read at all (a directory): to `ip` both are the end of the file. */
function readSome(fd: number, chunk: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return 0;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
