import { InvalidArgumentError } from '../errors.ts';

/** Attributes that are called otherwise as an option: `{ prefsrc: 'source' }`; '' for a level that options do not have. */
export type OptionNames = Readonly<Record<string, string>>;

/**
 * What the encoder says of `route.prefsrc`, said of the option `source`; any other error as it is. What belongs to a kind (behind `data`)
 * is called as the kernel calls it there, too, but for the `peer` of a veth, which is an option of its own.
 */
export function inOptions(error: unknown, message: string, names: OptionNames): unknown {
  if (!(error instanceof InvalidArgumentError) || !error.argument.startsWith(`${message}.`)) return error;
  const [, ...path] = error.argument.split('.');
  const end = path.findIndex((part, at) => part === 'data' && path[at + 1] !== 'peer');
  const own = end === -1 ? path : path.slice(0, end);
  const options = own.map((part) => (part === 'header' ? '' : (names[part] ?? part))).filter((part) => part !== '');
  const [data, ...within] = path.slice(own.length);
  if (data !== undefined) options.push(names.data || data, ...within);
  const argument = options.join('.');
  return new InvalidArgumentError(argument, error.value, error.reason);
}
