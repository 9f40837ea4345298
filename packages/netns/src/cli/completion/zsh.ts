import { defaultRunDirectory } from '../../namespaces/names.ts';
import type { CompletedOption, CompletedVerb, Place } from './model.ts';

/** A script for zsh: `eval "$(netns completion zsh)"`, or as a file `_netns` in a directory of `fpath`. */
export function zshScript(verbs: readonly CompletedVerb[]): string {
  return `#compdef netns
# zsh completion for netns. Made by: netns completion zsh

_netns_names() {
  local -a names
  if [[ -O ${defaultRunDirectory} ]]; then
    names=(${defaultRunDirectory}/*(N:t))
  else
    names=(\${(f)"$(netns ls --names 2> /dev/null)"})
  fi
  compadd -a names
}

_netns() {
  local -a verbs
  verbs=(
${verbs.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT--))
  case $verb in
${verbs.map(verbCase).join('\n')}
  esac
}

if [[ $funcstack[1] == _netns ]]; then
  _netns "$@"
else
  compdef _netns netns
fi
`;
}

function verbCase({ name, options, places }: CompletedVerb): string {
  const last = places.length - 1;
  const words = places.map((place, index) => {
    if (place.kind === 'command') return quote('*:::command:_normal');
    return quote(`${index === last ? '*' : index + 1}:${place.kind === 'names' ? 'name' : 'word'}:${action(place)}`);
  });
  return `    ${name}) _arguments -S ${[...options.map(optionText), ...words].join(' ')} ;;`;
}

function optionText({ option, summary, value }: CompletedOption): string {
  const text = summary.replace(/[[\]:\\]/g, '\\$&');
  return quote(`*${option}[${text}]${value === undefined ? '' : `:value:${action(value)}`}`);
}

function action(place: Place): string {
  switch (place.kind) {
    case 'names':
      return '_netns_names';
    case 'command':
      return '_normal';
    case 'files':
      return '_files';
    case 'directories':
      return '_files -/';
    case 'processes':
      return '_pids';
    case 'words':
      return `(${place.words.join(' ')})`;
    case 'list':
      return `_values -s , word ${place.words.join(' ')}`;
    case 'nothing':
      return ' ';
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
