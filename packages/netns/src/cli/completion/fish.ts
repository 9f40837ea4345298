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

# Where the words after the verb stand that are neither options nor values of options.
function __netns_places
    set -l words (commandline -opc)
    set -l taking __netns_taking_$words[2]
    set -l index 3
    while test $index -le (count $words)
        if not string match -q -- '-*' $words[$index]
            echo $index
        else if contains -- $words[$index] $$taking
            set index (math $index + 1)
        end
        set index (math $index + 1)
    end
end

# Whether the verb is $argv[1], and the cursor at one of the words $argv[2] to $argv[3] after it; options do not count.
function __netns_at
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]; or return 1
    set -l at (math (count (__netns_places)) + 1)
    test $at -ge $argv[2]; and test $at -le $argv[3]
end

# Of the command that begins with word $argv[1] after the verb.
function __netns_command
    set -l words (commandline -opc)
    set -l places (__netns_places)
    set -l before
    test (count $places) -ge $argv[1]; and set before (string escape -- $words[$places[$argv[1]]..])
    complete -C"$(string join ' ' -- $before (commandline -ct))"
end

complete -c netns -f
${verbs.map(({ name, summary }) => `complete -c netns -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`).join('\n')}
${verbs.flatMap((verb) => [...optionLines(verb), ...placeLines(verb)]).join('\n')}
`;
}

const noEnd = 9999;

function optionLines({ name, options, places }: CompletedVerb): string[] {
  // Behind its first word, the options are those of a command.
  const command = places.findIndex(({ kind }) => kind === 'command');
  const end = command < 0 ? noEnd : command + 1;
  const taking = options.filter(({ value }) => value !== undefined).map(({ option }) => option);
  const lines = options.map(({ option, summary, value }) => {
    const form = option.startsWith('--') ? `-l ${option.slice(2)}` : `-s ${option.slice(1)}`;
    const takes = value === undefined ? '' : ` ${value.kind === 'files' ? '-r' : '-x'}${action(value)}`;
    return `complete -c netns -n '__netns_at ${name} 1 ${end}' ${form}${takes} -d ${quote(summary)}`;
  });
  return taking.length === 0 ? lines : [`set -g __netns_taking_${name} ${taking.join(' ')}`, ...lines];
}

function placeLines({ name, places }: CompletedVerb): string[] {
  return places.flatMap((place, index) => {
    const text = place.kind === 'command' ? ` -a '(__netns_command ${index + 1})'` : action(place);
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
    case 'processes':
      return " -a '(__fish_complete_pids)'";
    case 'words':
      return ` -a ${quote(place.words.join(' '))}`;
    case 'list':
      return ` -a '(__fish_append , ${place.words.join(' ')})'`;
    case 'nothing':
      return '';
  }
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
