import { errnoMessage } from '../../../../errno.ts';
import { InvalidArgumentError, KernelError } from '../../../../errors.ts';
import { type Exit, failure, misuse } from '../exit.ts';

/** What `ip` calls the things that are at work when a name is made. */
export interface Naming {
  readonly runDirectory: string;
  readonly name: string;
  /** The file that is bound to the name. */
  readonly source: string;
}

/** The words of `ip` for the step at which `netns add` or `netns attach` failed. */
export function namingFailure(error: unknown, { runDirectory, name, source }: Naming): Exit {
  if (error instanceof InvalidArgumentError) return misuse(`Invalid netns name "${name}"\n`);
  if (!(error instanceof KernelError)) throw error;
  const path = `${runDirectory}/${name}`;
  return failure(`${step(error)}: ${errnoMessage(error.errno)}`);

  function step({ syscall, operation }: KernelError): string {
    switch (syscall) {
      case 'mkdirat':
        return `mkdir ${runDirectory} failed`;
      case 'mknodat':
        return `Cannot create namespace file "${path}"`;
      case 'unshare':
      case 'clone':
        return `Failed to create a new network namespace "${name}"`;
      case 'mount':
        if (operation.startsWith('make') && operation.includes('shared')) {
          return `mount --make-shared ${runDirectory} failed`;
        }
        if (operation.startsWith('make')) return `mount --make-private ${runDirectory} failed`;
        if (operation.endsWith('onto itself')) return `mount --bind ${runDirectory} ${runDirectory} failed`;
        return `Bind ${source} -> ${path} failed`;
      default:
        return operation.includes('runtime directory')
          ? `Cannot open netns runtime directory "${runDirectory}"`
          : `Bind ${source} -> ${path} failed`;
    }
  }
}
