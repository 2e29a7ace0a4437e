/** The script for fish. */

import type { CompletedCommand, CompletedOption, Place } from './words.ts';

export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = [
    '# nexort in fish:  nexort completion fish | source',
    'complete -c nexort -f',
    ...commands.map(
      ({ name, description }) => `complete -c nexort -n __fish_use_subcommand -a ${name} -d ${fishText(description)}`,
    ),
    'complete -c nexort -n __fish_use_subcommand -l version',
    ...commands.flatMap(({ name, options, argument }) => {
      const start = `complete -c nexort -n '__fish_seen_subcommand_from ${name}'`;
      return [
        ...options.map((option) => `${start} ${completedOption(option)}`),
        ...(argument === undefined ? [] : [`${start} ${argument.files ? '-F' : '-f'}${wordsOf(argument)}`]),
      ];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function completedOption({ flags, description, value }: CompletedOption): string {
  const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const takes = value === undefined ? '' : ` ${value.files ? '-r -F' : '-x'}${wordsOf(value)}`;
  return `${named.join(' ')}${takes} -d ${fishText(description)}`;
}

const wordsOf = ({ words }: Place): string => (words.length === 0 ? '' : ` -a ${fishText(words.join(' '))}`);

const fishText = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
