import { readFileSync } from 'node:fs';
import { errnoMessage } from '../../../../errno.ts';
import { EIO } from '../../../../errno-numbers.ts';
import { NLMSG_HDRLEN } from '../../../../netlink/header.ts';
import { align4 } from '../../../../wire/slice.ts';
import { failure } from '../exit.ts';
import { isTerminal } from '../io.ts';
import type { Saved } from './saved.ts';

const magicLength = 4;
/** Longer messages are none, as `ip` has it. */
const longest = 16_384;

/** The payloads of the messages that were saved, from standard input. Throws Exit. */
export function readSaved(saved: Saved): Uint8Array[] {
  if (isTerminal(0)) throw failure(`Can't restore ${saved.noun} dump from a terminal`, saved.wrongFile);
  return splitSaved(readFileSync(0), saved);
}

/** Throws Exit for a file that is none of this kind, and for one that is broken: nothing of that is restored. What is of another table is passed over. */
export function splitSaved(file: Uint8Array, { magic, declaration, wrongFile, wrongMessage }: Saved): Uint8Array[] {
  const begin = new Uint8Array(magicLength);
  begin.set(file.subarray(0, magicLength));
  const found = new DataView(begin.buffer).getUint32(0, true);
  if (file.length < magicLength || found !== magic) {
    const elements = file.length < magicLength ? 0 : 1;
    throw failure(`Magic mismatch (${elements} elems, ${found.toString(16)} magic)`, wrongFile);
  }
  const payloads: Uint8Array[] = [];
  for (const { type, payload } of messagesOf(file, magicLength, wrongMessage))
    if (type === declaration.types.new) payloads.push(payload);
  return payloads;
}

/** The netlink messages of a file, from a byte on. Throws Exit with this code behind the last one that is whole. */
export function* messagesOf(
  file: Uint8Array,
  begin: number,
  code: number,
): Generator<{ readonly type: number; readonly flags: number; readonly payload: Uint8Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = begin; at < file.length; ) {
    const length = file.length - at < NLMSG_HDRLEN ? NLMSG_HDRLEN : view.getUint32(at, true);
    if (length < NLMSG_HDRLEN || length > longest)
      throw failure(`!!!malformed message: len=${length} @${at + NLMSG_HDRLEN}`, code);
    if (at + length > file.length) throw failure('rtnl-from_file: truncated message', code);
    const payload = file.slice(at + NLMSG_HDRLEN, at + length);
    yield { type: view.getUint16(at + 4, true), flags: view.getUint16(at + 6, true), payload };
    at += align4(length);
  }
}

/** NLMSG_TSTAMP: rtmon(8) writes one before each message, with seconds and microseconds. */
export const timeOfNext = 15;

/** What `rtmon` wrote. Throws Exit. */
export function contentOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const errno = -((error as NodeJS.ErrnoException).errno ?? -EIO);
    throw failure(`Cannot fopen: ${errnoMessage(errno)}`, 255);
  }
}
