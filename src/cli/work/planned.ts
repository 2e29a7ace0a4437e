/** What --plan-only keeps of a command, and what it says. */

import { Option } from 'commander';
import type { PlannedWork } from '../../lm/node/index.ts';
import type { WorkCommand } from '../../runs/index.ts';
import type { Idle } from '../idleOptions.ts';

/** Options that are of the planning, or of one process's own output. */
const LEFT_OUT = /^--(plan-only|same-machines|json|workers=.*)$/;
const [WORKERS, SAME_MACHINES] = ['--workers', '--same-machines'];

/** What a command that can be planned is told of it. */
export interface PlanOptions {
  readonly planOnly: boolean;
  readonly sameMachines: boolean;
}

/** The option beside `--plan-only` that holds all workers to one kind of machine. */
export const sameMachinesOption = (): Option =>
  new Option(SAME_MACHINES, 'of --plan-only: workers refuse another kind of machine than the first one’s').default(
    false,
  );

/** What has no effect where nothing is planned. */
export const idlePlanOptions = ({ planOnly }: PlanOptions): readonly Idle[] => [
  { option: 'sameMachines', reason: planOnly ? undefined : 'it is of --plan-only, for all workers' },
];

/** The command as it was given, without what is of its planning alone. */
export function commandGiven(): Omit<WorkCommand, 'units'> {
  const words = process.argv.slice(2);
  const kept = words.filter((word, k) => !LEFT_OUT.test(word) && word !== WORKERS && words[k - 1] !== WORKERS);
  return { arguments: kept, folder: process.cwd(), sameMachines: words.includes(SAME_MACHINES) };
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

/** What a command says of the run that it has planned, in a folder as the command names it. */
export function plannedRun(
  command: Omit<WorkCommand, 'units'>,
  planned: PlannedWork,
  { out, json }: { readonly out: string; readonly json: boolean },
): string {
  return json ? planJson(planned) : planText({ ...command, units: planned.units }, out, plannedNotes(planned));
}

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
