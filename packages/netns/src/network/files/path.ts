import { InvalidArgumentError } from '../../errors.ts';

/** The parts of a path below `root`. Throws InvalidArgumentError for what leads, or might lead, elsewhere. */
export function pathBelow(root: string, path: string): string {
  const parts = typeof path === 'string' ? path.split('/') : [];
  const inRoot = path === root || (typeof path === 'string' && path.startsWith(`${root}/`));
  if (!inRoot || parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
    throw new InvalidArgumentError('path', path, `it must be a path below ${root}, like ${root}/dev`);
  return path;
}
