import { readFileSync } from 'node:fs';
import { failure, notImplemented } from '../../ip/exit.ts';
import type { Words } from '../../ip/words.ts';
import { illegal, next } from '../kinds/read.ts';

/** Where a program of classic BPF is given: as a text, or in a file. Throws Exit. */
export function readProgram(words: Words, word: string): { opsLen: number; ops: Uint8Array } {
  if (word !== 'bytecode' && word !== 'bytecode-file') throw notImplemented(`The "${word}" of a program of eBPF`);
  const given = next(words);
  return parseBytecode(word === 'bytecode' ? given : fileText(given));
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'latin1').split('\n')[0] ?? '';
  } catch {
    throw failure(`Cannot open file "${path}"`);
  }
}

/** `2,48 0 0 9,6 0 0 4294967295,`: how many instructions, and code, jumps and value of each. */
function parseBytecode(text: string): { opsLen: number; ops: Uint8Array } {
  const [count = '', ...rest] = text.trim().split(',');
  const lines = rest.filter((line) => line.trim() !== '');
  const opsLen = Number(count);
  if (!Number.isInteger(opsLen) || opsLen < 1 || opsLen > 4096 || lines.length !== opsLen) throw illegal('bytecode');
  const ops = new Uint8Array(8 * opsLen);
  const view = new DataView(ops.buffer);
  for (const [at, line] of lines.entries()) {
    const parts = line.trim().split(/\s+/).map(Number);
    if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0))
      throw failure(`Error at instruction ${at}!`);
    const [code = 0, ifTrue = 0, ifFalse = 0, value = 0] = parts;
    view.setUint16(8 * at, code, true);
    view.setUint8(8 * at + 2, ifTrue);
    view.setUint8(8 * at + 3, ifFalse);
    view.setUint32(8 * at + 4, value, true);
  }
  return { opsLen, ops };
}

/** The same text of what the kernel has. */
export function bytecodeText(ops: Uint8Array): string {
  const view = new DataView(ops.buffer, ops.byteOffset, ops.byteLength);
  const lines = Array.from({ length: ops.length / 8 }, (_, row) => {
    const at = 8 * row;
    return `${view.getUint16(at, true)} ${view.getUint8(at + 2)} ${view.getUint8(at + 3)} ${view.getUint32(at + 4, true)}`;
  });
  return [lines.length, ...lines].join(',');
}

/** The instructions in JSON. */
export function instructionsOf(ops: Uint8Array): {
  length: number;
  insns: readonly Readonly<Record<string, number>>[];
} {
  const insns = bytecodeText(ops)
    .split(',')
    .slice(1)
    .map((line) => {
      const [code = 0, jt = 0, jf = 0, k = 0] = line.split(' ').map(Number);
      return { code, jt, jf, k };
    });
  return { length: insns.length, insns };
}
