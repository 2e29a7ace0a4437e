/** The script for bash, of 3.2 and later. */

import type { CompletedCommand, Place } from './words.ts';

/** Where no word is found, bash itself completes names of files. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# nexort in bash:  source <(nexort completion bash)
_nexort() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' words='' word
  # Bash takes --option=value for three words.
  if [ "$previous" = '=' ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [ "$current" = '=' ]; then current=''; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${names} " in *" $word "*) command="$word"; break;; esac
  done
  COMPREPLY=()
  case "$command $previous" in
    ' '*) words='${names} help --help --version';;
${commands.flatMap(valueCases).join('\n')}
    *)
      case "$command" in
${commands.map(bashCase).join('\n')}
      esac
      # A hyphen begins an option; names of files are left to bash.
      case "$current" in -*) ;; *) words="\${words%%--*}";; esac;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _nexort nexort
`;
}

/** The values of options: lists, one a line, and those that no list holds, which are not files either. */
function valueCases({ name, options }: CompletedCommand): string[] {
  const patterns = (wanted: (value: Place) => boolean): string =>
    options
      .flatMap(({ flags, value }) => (value !== undefined && wanted(value) ? flags : []))
      .map((flag) => `'${name} ${flag}'`)
      .join('|');
  const listed = new Set(options.flatMap(({ value }) => (value === undefined ? [] : [value.words.join(' ')])));
  const lists = [...listed].map((words): [string, string] => [
    patterns((value) => value.words.join(' ') === words && (words !== '' || value.files)),
    `words='${words}'`,
  ]);
  const unlisted: [string, string] = [
    patterns(({ words, files }) => words.length === 0 && !files),
    'compopt +o default 2>/dev/null; return',
  ];
  return [...lists, unlisted].filter(([cases]) => cases !== '').map(([cases, then]) => `    ${cases}) ${then};;`);
}

/** The argument's words, then the options. */
function bashCase({ name, options, argument }: CompletedCommand): string {
  const words = [...(argument?.words ?? []), ...options.flatMap(({ flags }) => flags.filter(isLong))];
  return `        ${name}) words='${words.join(' ')}';;`;
}

const isLong = (flag: string): boolean => flag.startsWith('--');
