/** A file of pcapng as a reader sees it: the test's own, by the specification alone. */
export interface PcapngFile {
  readonly interfaces: readonly { readonly linkType: number; readonly options: ReadonlyMap<number, Buffer> }[];
  readonly packets: readonly {
    readonly interface: number;
    readonly time: bigint;
    readonly length: number;
    readonly bytes: Buffer;
    readonly flags: number | undefined;
  }[];
  readonly statistics: readonly { readonly interface: number; readonly options: ReadonlyMap<number, Buffer> }[];
  /** Bytes behind the last whole block. */
  readonly rest: number;
}

export function readPcapng(file: Buffer): PcapngFile {
  const [interfaces, packets, statistics]: [
    PcapngFile['interfaces'][number][],
    PcapngFile['packets'][number][],
    PcapngFile['statistics'][number][],
  ] = [[], [], []];
  let at = 0;
  if (file.readUInt32LE(0) !== 0x0a0d0d0a || file.readUInt32LE(8) !== 0x1a2b3c4d) throw new Error('no section header');
  while (at + 12 <= file.length) {
    const type = file.readUInt32LE(at);
    const size = file.readUInt32LE(at + 4);
    if (at + size > file.length) break;
    if (size % 4 !== 0 || file.readUInt32LE(at + size - 4) !== size) throw new Error(`a broken block at ${at}`);
    const body = file.subarray(at + 8, at + size - 4);
    if (type === 1) interfaces.push({ linkType: body.readUInt16LE(0), options: optionsIn(body.subarray(8)) });
    else if (type === 5) statistics.push({ interface: body.readUInt32LE(0), options: optionsIn(body.subarray(12)) });
    else if (type === 6) {
      const captured = body.readUInt32LE(12);
      const options = optionsIn(body.subarray(20 + ((captured + 3) & ~3)));
      packets.push({
        interface: body.readUInt32LE(0),
        time: (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8)),
        length: body.readUInt32LE(16),
        bytes: body.subarray(20, 20 + captured),
        flags: options.get(2)?.readUInt32LE(0),
      });
    } else if (type !== 0x0a0d0d0a) throw new Error(`an unknown block ${type} at ${at}`);
    at += size;
  }
  return { interfaces, packets, statistics, rest: file.length - at };
}

function optionsIn(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const [code, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    if (code === 0) return options;
    options.set(code, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}
