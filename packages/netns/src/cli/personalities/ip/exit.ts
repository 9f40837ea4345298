/** What a command says on stderr when it ends early, and with which exit code. */
export class Exit extends Error {
  readonly code: number;
  /** Ends the whole program, also in the middle of a batch; `ip` does so for errors in the words of a command. */
  readonly final: boolean;

  constructor(text: string, code: number, final: boolean) {
    super(text);
    this.code = code;
    this.final = final;
  }
}

/** The command could not do its work: exit code 1, or 2 when the kernel refused a netlink request; seldom another. */
export function failure(text: string, code = 1): Exit {
  return new Exit(`${text}\n`, code, false);
}

/** The words of the command are wrong: exit code 255. `text` is printed as it stands. */
export function misuse(text: string): Exit {
  return new Exit(text, 255, true);
}

/** A value is wrong. In `ip link` some reasons end with a newline of their own, which scripts may have got used to. */
export function invalidArgument(value: string, reason: string): Exit {
  return misuse(`Error: argument "${value}" is wrong: ${reason}\n`);
}

export function missingArgument(what: string): Exit {
  return misuse(`Error: argument "${what}" is required\n`);
}

/** An option that may stand once stands twice. */
export function duplicateArgument(option: string, value: string): Exit {
  return misuse(`Error: duplicate "${option}": "${value}" is the second value.\n`);
}

/** Something was already given, or the word is not known at all: ip cannot tell which. */
export function duplicateOrGarbage(option: string, word: string): Exit {
  return misuse(`Error: either "${option}" is duplicate, or "${word}" is garbage.\n`);
}

export function incompleteCommand(): Exit {
  return misuse('Command line is not complete. Try option "help"\n');
}

/** A device that the command needs is not there. */
export function noSuchDevice(name: string): Exit {
  return failure(`Cannot find device "${name}"`);
}

/** A part of `ip` that this program does not have: said plainly, and nothing is done. */
export function notImplemented(what: string, verb = 'is'): Exit {
  return failure(`${what} ${verb} not implemented by netns yet`);
}
