import { accessSync, constants } from 'node:fs';

/** Why nothing can be made in a directory, in the kernel's word for it (`EACCES`); undefined if something can. */
export function whyNoWriting(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
