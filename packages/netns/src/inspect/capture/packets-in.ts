/** A packet that was captured. */
export interface CapturedPacket {
  /** What the namespace is called, and the name of the interface there. */
  readonly namespace: string;
  readonly interface: string;
  /** LINKTYPE_…: what `bytes` begins with. */
  readonly linkType: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** It leaves the interface (`out`), or came to it. */
  readonly direction: 'in' | 'out';
  /** How long it was; more than the bytes if not all were kept. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** The same before it is known which interface has the number. */
type Numbered = Omit<CapturedPacket, 'namespace' | 'interface' | 'linkType'> & { readonly interface: number };

/** Reads the blocks that a PacketQueue has written; the bytes are copies. */
export function* packetsIn(blocks: Uint8Array): Generator<Numbered> {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  for (let at = 0; at < blocks.length; ) {
    const size = view.getUint32(at + 4, true);
    const captured = view.getUint32(at + 20, true);
    yield {
      interface: view.getUint32(at + 8, true),
      time: (BigInt(view.getUint32(at + 12, true)) << 32n) | BigInt(view.getUint32(at + 16, true)),
      direction: (view.getUint32(at + size - 12, true) & 3) === 2 ? 'out' : 'in',
      length: view.getUint32(at + 24, true),
      bytes: blocks.slice(at + 28, at + 28 + captured),
    };
    at += size;
  }
}
