/** `nexort submit`: an array of workers on a cluster. */

import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { required } from '../../errors/index.ts';
import { type Json, nodeFiles, writeAtomically } from '../../runs/index.ts';
import { count } from '../options.ts';
import { runCommand } from '../run.ts';
import { print } from '../terminal.ts';
import * as errors from '../work/errors.ts';
import { runsIn, type WorkableRun, workableRun } from '../work/openRun.ts';
import { durationOption } from '../work/options.ts';
import { shellText, shellWord } from '../work/planned.ts';
import { LOGS, slurmScript } from '../work/slurm.ts';

interface Options {
  readonly slurm: boolean;
  readonly workers: number;
  readonly time: number;
  readonly cpus?: number;
  readonly partition?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const [WORKERS, SECONDS, CPUS] = [16, 2 * 3600, 4];
/** Beside the forecast of a worker's memory, for a limit that kills. */
const MEMORY_SLACK = 1.25;
/** In the run folder. */
const SCRIPT = 'submit.sbatch';

/** Adds the command. */
export function addSubmitCommand(program: Command): void {
  program
    .command('submit')
    .description('submit an array of workers on a run to a cluster')
    .argument('<run>', 'run folder that was opened by --plan-only, or of nexort tasks run the folder of all')
    .argument('[flags...]', 'after --: further flags of sbatch, such as --account=lab')
    .option('--slurm', 'to Slurm, by sbatch', false)
    .option('--workers <number>', 'tasks of the array', count, WORKERS)
    .option('--time <time>', 'of each, such as 2h', durationOption, SECONDS)
    .option('--cpus <number>', `of each (default: the threads that the run was planned for, or ${CPUS})`, count)
    .option('--partition <name>', 'where they run')
    .option('--dry-run', 'write the script and submit nothing', false)
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Writes a script that can be read and edited into the run folder, ${SCRIPT}, and gives it to sbatch. Two minutes before the time
is over Slurm sends SIGTERM, and a worker ends with what it has finished; a task that is requeued goes on. Submitting again is
fine at any time: workers share what is left. Other clusters run nexort work themselves (docs/clusters.md).

The JSON object holds run, script, submitted (whether sbatch took it) and job (its number, or null).

Examples:
  nexort submit runs/shared --slurm
  nexort submit runs/shared --slurm --workers 16 --time 2h --cpus 8 --partition short -- --account=lab --exclude=node3
  nexort submit runs/shared --slurm --dry-run`,
    )
    .action((run: string, flags: string[], options: Options) => runCommand(() => submit(run, flags, options)));
}

async function submit(given: string, flags: readonly string[], options: Options): Promise<void> {
  if (!options.slurm) throw errors.noCluster();
  const found: WorkableRun[] = [];
  for (const run of await runsIn(given)) found.push(await workableRun(run));
  const run = resolve(given);
  const open = found.filter(({ command }) => command !== undefined);
  const [first] = found;
  if (open.length === 0 && first !== undefined) {
    const closed = found.find(({ stored }) => stored.status !== 'complete');
    throw closed === undefined ? errors.runComplete(run) : errors.notOpen(closed.stored.folder, closed.job);
  }
  const plans = open.map(({ stored }) => planned(stored.plan));
  const [threads, forecastBytes] = [
    most(plans.map((plan) => plan.threads)),
    most(plans.map((plan) => plan.forecastBytes)),
  ];
  const cpus = options.cpus ?? threads ?? CPUS;
  const script = join(run, SCRIPT);
  await mkdir(join(run, LOGS), { recursive: true });
  const text = slurmScript({
    run,
    workers: options.workers,
    time: options.time,
    cpus,
    ...(forecastBytes === undefined ? {} : { memory: MEMORY_SLACK * forecastBytes }),
    ...(options.partition === undefined ? {} : { partition: options.partition }),
    flags,
    program: [process.execPath, resolve(required(process.argv[1], 'program of the command line'))],
  });
  await writeAtomically(nodeFiles, script, [new TextEncoder().encode(text)]);
  const notes =
    threads !== undefined && threads !== cpus
      ? [`The run was planned for ${threads} threads, and its workers use so many, whatever --cpus is.`]
      : [];
  const said = options.dryRun ? undefined : sbatch(script);
  const number = said === undefined ? undefined : /(\d+)\s*$/.exec(said.trim())?.[1];
  if (options.json) {
    print(
      `${JSON.stringify({ run, script, submitted: said !== undefined, job: number === undefined ? null : Number(number) })}\n`,
    );
    return;
  }
  const byHand = `  ${shellText(['sbatch', script])}\n  nexort work ${shellWord(run)}   without Slurm, as often as you like`;
  const last =
    said !== undefined
      ? `${said.trim()}: ${options.workers} workers.\n  nexort status ${shellWord(run)}`
      : options.dryRun
        ? `Nothing was submitted. This does it:\n${byHand}`
        : `There is no sbatch on this machine. Where it is, or by hand:\n${byHand}`;
  print([`Written: ${script}`, ...notes, last, ''].join('\n'));
}

/** The largest of those that are known. */
function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** What the plans of kernels, fine-tunings and regimes say; those of other runs say neither. */
function planned(plan: Json): { readonly threads?: number; readonly forecastBytes?: number } {
  const { threads, forecastBytes } = Object.fromEntries(Object.entries(plan ?? {}));
  return {
    ...(typeof threads === 'number' ? { threads } : {}),
    ...(typeof forecastBytes === 'number' ? { forecastBytes } : {}),
  };
}

/** What sbatch says; undefined where there is none. Throws {@link UserError} `cli.submit-refused`. */
function sbatch(script: string): string | undefined {
  const { error, status, stdout, stderr } = spawnSync('sbatch', [script], { encoding: 'utf8' });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return undefined;
  if (error !== undefined || status !== 0) throw errors.submitRefused(script, stderr || String(error?.message ?? ''));
  return stdout;
}
