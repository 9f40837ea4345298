import { failure, missingArgument } from '../exit.ts';
import type { InetPrefix } from '../inet.ts';
import type { Family } from '../options.ts';
import type { Words } from '../words.ts';
import { Ends } from './selector.ts';
import { number32, protocolNumber, protocolText } from './values.ts';

/** What keys are named by: ends, protocol and number. */
export interface ReadId {
  readonly src: InetPrefix | undefined;
  readonly dst: InetPrefix | undefined;
  readonly family: Family | undefined;
  readonly proto: number;
  readonly spi: number | undefined;
}

/** Route optimisation of mobile hosts: a routing header of type 2, and a home address. */
export const isRouting = (proto: number) => protocolText(proto) === 'route2' || protocolText(proto) === 'hao';

const largestCompressionNumber = 0xffff;

/** As far as they go. `loose`: for a filter, which may say as little as it wants. Throws Exit. */
export function readId(words: Words, preferred: Family | undefined, loose: boolean): ReadId {
  const ends = new Ends(preferred);
  let proto = 0;
  let spi: number | undefined;
  let last = '';
  for (;;) {
    const word = words.peek();
    if (word !== 'src' && word !== 'dst' && word !== 'proto' && word !== 'spi') break;
    words.take();
    last = words.value();
    if (word === 'proto') proto = protocolNumber(last);
    else if (word === 'spi') spi = number32(last, 'SPI value is invalid');
    else ends.take(word, last);
  }
  const family = ends.family(last);
  if (proto === 0 && !loose) throw missingArgument('XFRM-PROTO');
  const name = protocolText(proto);
  if (spi !== undefined && isRouting(proto)) throw failure(`"spi" is invalid with XFRM-PROTO value "${name}"`);
  if (spi !== undefined && name === 'comp' && spi > largestCompressionNumber)
    throw failure(`SPI value is too large with XFRM-PROTO value "${name}"`);
  return { src: ends.src, dst: ends.dst, family, proto, spi };
}
