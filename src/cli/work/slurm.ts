/** The script of an array of workers on Slurm. */

import { shellWord } from './planned.ts';

export interface SlurmOptions {
  /** The run folder, an absolute path. */
  readonly run: string;
  readonly workers: number;
  /** Seconds. */
  readonly time: number;
  readonly cpus: number;
  /** Bytes of each worker, where they are known. */
  readonly memory?: number;
  readonly partition?: string;
  /** Further flags of sbatch, as they stand. */
  readonly flags: readonly string[];
  /** Node and the program, absolute paths. */
  readonly program: readonly string[];
}

/** Seconds before the limit at which Slurm sends SIGTERM, and before that the worker begins nothing more. */
const WARNING_SECONDS = 120;
const MIB = 2 ** 20;

/** Where a run keeps what its workers say. */
export const LOGS = 'logs';

/** A script that people can read, edit and give to sbatch. */
export function slurmScript(options: SlurmOptions): string {
  const { run, workers, time, cpus, memory, partition, flags, program } = options;
  const directives = [
    '--job-name=nexort',
    `--array=0-${workers - 1}`,
    `--time=${slurmTime(time)}`,
    `--cpus-per-task=${cpus}`,
    ...(memory === undefined ? [] : [`--mem=${Math.ceil(memory / MIB)}M`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    // To the script itself, whose place the worker takes.
    `--signal=B:TERM@${WARNING_SECONDS}`,
    '--requeue',
    '--open-mode=append',
    `--output=${directivePath(`${run}/${LOGS}/%A_%a.txt`)}`,
    ...flags,
  ];
  const limit = Math.max(WARNING_SECONDS, Math.floor(time - WARNING_SECONDS));
  const words = [...program, 'work', run, '--time-limit', `${limit}s`].map(shellWord).join(' ');
  return [
    '#!/bin/bash',
    `# ${workers} workers that compute a run of nexort together. Edit it as you like, and give it to sbatch.`,
    ...directives.map((directive) => `#SBATCH ${directive}`),
    '',
    `exec ${words}`,
    '',
  ].join('\n');
}

/** `1-02:00:00`. */
function slurmTime(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${days > 0 ? `${days}-` : ''}${two(hours)}:${two(minutes % 60)}:00`;
}

const directivePath = (text: string): string => (/\s/.test(text) ? `"${text}"` : text);
