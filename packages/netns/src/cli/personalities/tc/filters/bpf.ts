import type { Words } from '../../ip/words.ts';
import { bytecodeText, instructionsOf, readProgram } from '../actions/bytecode.ts';
import {
  type Data,
  filterKind,
  outcome,
  readAll,
  readHandle,
  skipWords,
  tellClass,
  tellFlags,
  tellHandle,
  tellOutcome,
} from './kind.ts';

/** A program decides. */
export const bpf = filterKind<Data<'bpf'>>({
  read(words, header, handle, context) {
    readHandle(header, handle);
    if (words.peek() === undefined) return undefined;
    const draft: { flags?: number; direct?: boolean; program?: object } = {};
    const { class: classWords, act, police } = outcome(context);
    const program = (_take: () => string, of: Words, word: string) => ({ program: readProgram(of, word) });
    readAll<object>(words, draft, {
      run: () => ({}),
      'bytecode-file': program,
      bytecode: program,
      'object-file': program,
      'object-pinned': program,
      ...classWords,
      'direct-action': () => ({ direct: true }),
      da: () => ({ direct: true }),
      ...skipWords(draft),
      action: act,
      police,
    });
    const { flags, direct, program: read, ...rest } = draft;
    return { ...rest, ...read, flagsGen: flags, flags: direct ? 1 : undefined };
  },
  print(say, data, header, view) {
    tellHandle(say, header, `0x${header.handle.toString(16)}`);
    tellClass(say, data.classid);
    if (data.name !== undefined) say.value('bpf_name', '% ', data.name);
    say.flag('direct-action', 'direct-action ', ((data.flags ?? 0) & 1) !== 0);
    tellFlags(say, data.flagsGen, '', ' ');
    if (data.ops !== undefined && data.name === undefined)
      say.value('bytecode', "bytecode '%'", instructionsOf(data.ops), bytecodeText(data.ops));
    if (data.id !== undefined) say.value('prog_id', 'id % ', data.id);
    if (data.tag !== undefined)
      say.value('tag', 'tag % ', Array.from(data.tag, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    tellOutcome(say, data, view);
  },
});
