/** The script for zsh. */

import type { CompletedCommand, CompletedOption, Place } from './words.ts';

export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef nexort
# nexort in zsh:  source <(nexort completion zsh), after compinit; or as a file _nexort in a folder of $fpath
_nexort() {
  local curcontext="$curcontext" state line
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, description }) => `      ${zshText(`${name}:${description.replaceAll(':', '\\:')}`)}`).join('\n')}
    )
    _describe command commands
    _arguments '--help[display help]' '--version[output the version number]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) _values command ${commands.map(({ name }) => name).join(' ')};;
${commands.map(zshCase).join('\n')}
  esac
}
if [ "$funcstack[1]" = _nexort ]; then _nexort "$@"; else compdef _nexort nexort; fi
`;
}

function zshCase({ name, options, argument }: CompletedCommand): string {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...(argument === undefined ? [] : [zshText(`1:argument:${action(argument)}`)]),
  ];
  return `    ${name}) _arguments -S ${specs.map((spec) => `\\\n      ${spec}`).join(' ')};;`;
}

function optionSpecs({ flags, description, value }: CompletedOption): string[] {
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&');
  return flags.map((flag) => {
    // A long option's value may stand behind an equals sign.
    const takes = value === undefined ? '' : `${flag.startsWith('--') ? '=' : ''}`;
    return zshText(`${flag}${takes}[${text}]${value === undefined ? '' : `:value:${action(value)}`}`);
  });
}

function action({ words, files }: Place): string {
  if (words.length === 0) return files ? '_files' : ' ';
  return files ? `{compadd -- ${words.join(' ')}; _files}` : `(${words.join(' ')})`;
}

const zshText = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
