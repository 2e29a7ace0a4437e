/** What --plan-only keeps of a command, and what it says. */

import type { PlannedWork } from '../../lm/node/index.ts';
import type { WorkCommand } from '../../runs/index.ts';

/** Options that are of the planning, or of one process's own output. */
const LEFT_OUT = /^--(plan-only|json|workers=.*)$/;
const WORKERS = '--workers';

/** The command as it was given, without what is of its planning alone. */
export function commandGiven(): Omit<WorkCommand, 'units'> {
  const words = process.argv.slice(2);
  const kept = words.filter((word, k) => !LEFT_OUT.test(word) && word !== WORKERS && words[k - 1] !== WORKERS);
  return { arguments: kept, folder: process.cwd() };
}

/** A command as a shell takes it. */
export const shellText = (words: readonly string[]): string => words.map(shellWord).join(' ');

/** A word as a shell of POSIX takes it. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The command that ends a run. */
export function endingCommand({ arguments: words, folder }: Pick<WorkCommand, 'arguments' | 'folder'>): string {
  const command = shellText(['nexort', ...words]);
  return folder === process.cwd() ? command : `cd ${shellWord(folder)} && ${command}`;
}

/** What a worker of a run needs, as its plan has it. */
export const plannedNotes = ({ threads, forecastBytes }: PlannedWork): readonly string[] => [
  `each worker: ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${(forecastBytes / 2 ** 30).toFixed(1)} GiB of memory`,
];

export const planJson = (planned: object): string => `${JSON.stringify(planned)}\n`;

export function planText(command: WorkCommand, run: string, notes: readonly string[]): string {
  const folder = shellWord(run);
  return [
    `Planned: ${command.units} parts in '${run}', which workers compute in any number, on one machine or many.`,
    ...notes,
    '',
    `  nexort work ${folder}            a worker; start as many as you like`,
    `  nexort submit ${folder} --slurm  an array of workers on a cluster`,
    `  nexort status ${folder}          how far they are`,
    '',
    `Then this collects what they have computed, computes what is left, and ends the run:`,
    `  ${endingCommand(command)}`,
    '',
  ].join('\n');
}
