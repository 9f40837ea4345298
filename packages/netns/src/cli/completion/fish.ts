import { defaultRunDirectory } from '../../namespaces/names.ts';
import type { CompletedVerb, Place } from './model.ts';

/** A script for fish: `netns completion fish | source`. */
export function fishScript(verbs: readonly CompletedVerb[]): string {
  return `# fish completion for netns. Made by: netns completion fish

function __netns_names
    if test -O ${defaultRunDirectory}
        for path in ${defaultRunDirectory}/*
            path basename $path
        end
    else
        netns ls --names 2> /dev/null
    end
end

# Whether the verb is $argv[1], and the cursor at one of the words $argv[2] to $argv[3] after it; options do not count.
function __netns_at
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]; or return 1
    set -l at (math (count (string match -v -- '-*' $words)) - 1)
    test $at -ge $argv[2]; and test $at -le $argv[3]
end

complete -c netns -f
${verbs.map(({ name, summary }) => `complete -c netns -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`).join('\n')}
${verbs.flatMap((verb) => [...optionLines(verb), ...placeLines(verb)]).join('\n')}
`;
}

function optionLines({ name, options }: CompletedVerb): string[] {
  return options.map(({ option, summary, value }) => {
    const form = option.startsWith('--') ? `-l ${option.slice(2)}` : `-s ${option.slice(1)}`;
    const takes = value === undefined ? '' : ` ${value.kind === 'files' ? '-r' : '-x'}${action(value)}`;
    return `complete -c netns -n '__fish_seen_subcommand_from ${name}' ${form}${takes} -d ${quote(summary)}`;
  });
}

const noEnd = 9999;

function placeLines({ name, places }: CompletedVerb): string[] {
  return places.flatMap((place, index) => {
    const text = action(place);
    const end = index === places.length - 1 ? noEnd : index + 1;
    return text === '' ? [] : [`complete -c netns -n '__netns_at ${name} ${index + 1} ${end}'${text}`];
  });
}

function action(place: Place): string {
  switch (place.kind) {
    case 'names':
      return " -a '(__netns_names)'";
    case 'command':
      return " -a '(__fish_complete_subcommand)'";
    case 'files':
      return ' -F';
    case 'directories':
      return " -a '(__fish_complete_directories)'";
    case 'words':
      return ` -a ${quote(place.words.join(' '))}`;
    case 'nothing':
      return '';
  }
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
