import { defaultRunDirectory } from '../../namespaces/names.ts';
import type { CompletedVerb, Place } from './model.ts';

/** A script for bash: `eval "$(netns completion bash)"`. */
export function bashScript(verbs: readonly CompletedVerb[]): string {
  return `# bash completion for netns. Made by: netns completion bash

# Offers each word that begins with what is there, quoted where the shell needs it.
_netns_offer() {
  local word
  for word; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf %q "$word")")
  done
}

# The next word of a list with commas between.
_netns_offer_list() {
  local word before=\${cur%"\${cur##*,}"}
  for word; do
    [[ $before$word == "$cur"* ]] && COMPREPLY+=("$before$word")
  done
}

# Root's names are files; those of an ordinary user are where only netns finds them.
_netns_names() {
  local path
  if [[ -O ${defaultRunDirectory} ]]; then
    for path in ${defaultRunDirectory}/*; do
      [[ -e $path ]] && _netns_offer "\${path##*/}"
    done
  else
    while IFS= read -r path; do
      _netns_offer "$path"
    done < <(netns ls --names 2> /dev/null)
  fi
}

_netns_files() {
  local path
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$cur")
  compopt -o filenames 2> /dev/null
}

# The words from number $1 on are a command of its own.
_netns_command() {
  if declare -F _command_offset > /dev/null; then
    _command_offset "$1"
  elif ((COMP_CWORD == $1)); then
    _netns_files -c
  else
    _netns_files -f
  fi
}

_netns_value() {
  case $1 in
${indent(
  verbs.flatMap(({ name, options }) =>
    options.flatMap(({ option, value }) => (value === undefined ? [] : [`${name}:${option}) ${action(value)} ;;`])),
  ),
  4,
)}
    *) return 1 ;;
  esac
}

_netns_takes_value() {
  case $1 in
${indent(
  verbs.flatMap(({ name, options }) => {
    const taking = options.filter(({ value }) => value !== undefined).map(({ option }) => `${name}:${option}`);
    return taking.length === 0 ? [] : [`${taking.join(' | ')}) return 0 ;;`];
  }),
  4,
)}
  esac
  return 1
}

_netns_options() {
  case $1 in
${indent(
  verbs.map(({ name, options }) => `${name}) _netns_offer ${options.map(({ option }) => option).join(' ')} ;;`),
  4,
)}
  esac
}

# What word number $2 after verb $1 may be; it is word number $3 of the line.
_netns_word() {
  case $1 in
${indent(
  verbs.map(({ name, places }) => `${name}) ${placesText(places)} ;;`),
  4,
)}
  esac
}

_netns() {
  local cur=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]} index words=0 place=$COMP_CWORD options=yes
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _netns_offer ${verbs.map(({ name }) => name).join(' ')} --help --version
    return
  fi
  for ((index = 2; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      --)
        options=''
        ;;
      -*)
        [[ -n $options ]] || ((words++))
        if _netns_takes_value "$verb:\${COMP_WORDS[index]}" && [[ -n $options ]]; then
          ((index++))
          if ((index == COMP_CWORD)); then
            _netns_value "$verb:\${COMP_WORDS[index - 1]}"
            return
          fi
        fi
        ;;
      *)
        ((words++))
        # From the first word of a command on, the line is the command's.
        if _netns_is_command "$verb" "$words"; then
          _netns_command "$index"
          return
        fi
        ;;
    esac
  done
  if [[ $cur == -* && -n $options ]]; then
    _netns_options "$verb"
  else
    _netns_word "$verb" "$((words + 1))" "$place"
  fi
}

_netns_is_command() {
  case $1 in
${indent(
  verbs.flatMap(({ name, places }) => {
    const at = places.findIndex(({ kind }) => kind === 'command');
    return at < 0 ? [] : [`${name}) (($2 == ${at + 1})) ;;`];
  }),
  4,
)}
    *) return 1 ;;
  esac
}

complete -F _netns netns
`;
}

/** By the number of the word. The last place is that of all further words. */
function placesText(places: readonly Place[]): string {
  const last = places.length - 1;
  const cases = places.map((place, index) => `${index === last ? '*' : index + 1}) ${action(place)} ;;`);
  return `case $2 in ${cases.join(' ')} esac`;
}

function action(place: Place): string {
  switch (place.kind) {
    case 'names':
      return '_netns_names';
    case 'command':
      return '_netns_command "$3"';
    case 'files':
      return '_netns_files -f';
    case 'directories':
      return '_netns_files -d';
    case 'processes':
      return '_netns_offer $(builtin cd /proc && echo [0-9]*)';
    case 'words':
      return `_netns_offer ${place.words.join(' ')}`;
    case 'list':
      return `_netns_offer_list ${place.words.join(' ')}`;
    case 'nothing':
      return ':';
  }
}

function indent(lines: readonly string[], by: number): string {
  return lines.map((line) => ' '.repeat(by) + line).join('\n');
}
