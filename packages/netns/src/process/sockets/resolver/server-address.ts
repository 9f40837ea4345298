import { InvalidArgumentError } from '../../../errors.ts';
import { builtin } from '../../../native/builtin.ts';
import { withPort } from '../../../wire/ip-address.ts';

export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

const dnsPort = 53;

/** A name server as `dns.setServers` takes it: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`. */
export function parseServer(text: string): ServerAddress {
  const { isIP } = builtin('net');
  if (isIP(text) !== 0) return { address: text, port: dnsPort };
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  if (isIP(address) === 0 || (bracketed !== undefined && isIP(bracketed) !== 6))
    throw new InvalidArgumentError('name server', text, 'it is no IP address with or without a port');
  return { address, port: port === undefined ? dnsPort : Number(port) };
}

/** The same back as text; the usual port is left out. */
export function formatServer({ address, port }: ServerAddress): string {
  return port === dnsPort ? address : withPort(address, port);
}
