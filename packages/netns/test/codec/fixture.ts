/**
 * Golden fixtures: bytes that a tool and the kernel really exchanged, with the command that made them. Written by `tools/capture-fixture.mjs`.
 */
export interface Fixture {
  /** The command whose traffic this is. */
  readonly command: string;
  /** Shell commands that were run before it in the same empty namespace. */
  readonly setup: readonly string[];
  /** `uname -r` of the machine, and what the tool calls its version. */
  readonly kernel: string;
  readonly tool: string;
  readonly messages: readonly FixtureMessage[];
}

export interface FixtureMessage {
  readonly direction: 'sent' | 'received';
  /** The netlink protocol, when it is not NETLINK_ROUTE. */
  readonly protocol?: number;
  /** The whole message, header included. */
  readonly hex: string;
  /** The value in JSON, see {@link plain}. */
  readonly decoded: unknown;
  /**
   * What encoding gives when it is not the same bytes, and why: `ip` leaves out the NUL behind IFLA_INFO_KIND, and the kernel
   * sends IFLA_VXLAN_TTL_INHERIT in a form that it would refuse.
   */
  readonly reencoded?: string;
}

/** A decoded value as JSON can hold it: bigints as `{ "bigint": "1" }`, bytes as `{ "bytes": "00ff" }`. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (value instanceof Uint8Array) return { bytes: toHex(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
