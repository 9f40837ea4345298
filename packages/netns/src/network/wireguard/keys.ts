import { InvalidArgumentError } from '../../errors.ts';
import { builtin } from '../../native/builtin.ts';

/** What stands before the 32 bytes of an X25519 key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** A new private key, in base64. `wg genkey`. */
export function generateWireguardKey(): string {
  const { privateKey } = builtin('crypto').generateKeyPairSync('x25519');
  const bytes = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  // As the kernel keeps it (RFC 7748, 5): of other bits the key would come back different, if not in what it does.
  bytes[0] = (bytes[0] ?? 0) & 0xf8;
  bytes[31] = ((bytes[31] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('base64');
}

/** The public key of a private one. `wg pubkey`. Throws InvalidArgumentError for what is no key. */
export function wireguardPublicKey(privateKey: string): string {
  // The message is without the value: a private key does not belong into a log.
  if (!isKey(privateKey)) throw new InvalidArgumentError('privateKey', '…', 'it must be 32 bytes in base64');
  const key = builtin('crypto').createPrivateKey({
    key: Buffer.concat([pkcs8, Buffer.from(privateKey, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  });
  return fromUrl(builtin('crypto').createPublicKey(key).export({ format: 'jwk' }).x);
}

/** Whether a text is a key as `wg` writes it. */
export function isKey(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text);
}

function fromUrl(text: string | undefined): string {
  return Buffer.from(text ?? '', 'base64url').toString('base64');
}
