import { errnoMessage } from '../../../errno.ts';

/** The program ends: with a text, which is printed as it is, and an exit status. */
export class Failure extends Error {
  readonly status: number;
  /** `--help` and `--version` are no errors. */
  readonly toStdout: boolean;

  constructor(text: string, status: number, toStdout = false) {
    super(text);
    this.status = status;
    this.toStdout = toStdout;
  }
}

/** `unshare: TEXT: reason`; without an error number there is no reason. Status 1, as for all that is not the command's own. */
export function failure(program: string, text: string, errno?: number): Failure {
  return new Failure(`${program}: ${text}${errno === undefined ? '' : `: ${errnoMessage(errno)}`}\n`, 1);
}
