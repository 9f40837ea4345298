import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { type CompletedVerb, completionModel } from '../completion/model.ts';
import { programs } from '../completion/programs.ts';
import { zshScript } from '../completion/zsh.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { writeJson } from '../json.ts';
import { UsageError } from '../verb.ts';

const scripts: Readonly<Record<string, (verbs: readonly CompletedVerb[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export const verb = defineVerb({
  name: 'completion',
  summary: 'write a script that completes this command in a shell',
  usage: ['bash|zsh|fish'],
  notes: ['Verbs, options, and the names of namespaces. The script is for the file in which the shell is set up.'],
  options: {},
  examples: [
    ['eval "$(netns completion bash)"', 'in ~/.bashrc'],
    ['eval "$(netns completion zsh)"', 'in ~/.zshrc, after compinit'],
    ['netns completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  otherWords: ['complete', 'completions'],
  async run({ words, json, io }) {
    const [shell, ...rest] = words;
    if (shell === undefined) throw new UsageError('which shell? bash, zsh or fish');
    nothingMore(rest);
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script === undefined) throw new UsageError(`no script for '${shell}', only for bash, zsh and fish`);
    // Only now: that list contains this verb.
    const { allVerbs } = await import('../help/all-verbs.ts');
    const { verb: help } = await import('./help.ts');
    const text = script(completionModel([...allVerbs, help], programs));
    if (json) writeJson(io, { shell, script: text });
    else io.stdout.write(text);
    return 0;
  },
});
