import type { Session } from '../session.ts';
import type { View } from './fields.ts';
import { paintFor, plain } from './paint.ts';

/** What every description may ask, as the options of this run have it. */
export function viewOf({ options, io, hosts }: Session): View {
  return {
    options,
    paint: options.json ? plain : paintFor(options.color, io.stdout.isTerminal, io.env),
    newline: options.oneline ? '\\' : '\n',
    host: (address) => hosts?.nameOf(address) ?? address,
  };
}
