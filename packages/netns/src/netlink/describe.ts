/** TEMPORARY until the codec helper writes it: describeMessage(bytes, direction, protocol = 0): string */
export function describeMessage(bytes: Uint8Array, direction: 'send' | 'receive', protocol = 0): string {
  return `${direction} ${protocol} ${bytes.length}`;
}
