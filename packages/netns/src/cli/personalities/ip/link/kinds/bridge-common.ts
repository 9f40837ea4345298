import { fixed, type Literal } from '../../json.ts';

/** A bridge's id as `ip` prints it: `8000.2:0:0:0:0:3`, the address without leading zeroes. */
export function bridgeId({ prio, addr }: { readonly prio: number; readonly addr: string }): string {
  const bytes = addr.split(':').map((byte) => Number.parseInt(byte, 16).toString(16));
  return `${prio.toString(16).padStart(4, '0')}.${bytes.join(':')}`;
}

/** A timer, in hundredths of a second, as seconds. */
export function seconds(hundredths: bigint | undefined): Literal | undefined {
  return hundredths === undefined ? undefined : fixed(Number(hundredths) / 100, 2);
}

/** A kernel boolean that `ip` shows as the number it is sent as. */
export function bit(on: boolean | undefined): number | undefined {
  return on === undefined ? undefined : Number(on);
}
