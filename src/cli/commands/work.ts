/** `nexort work`: one of several processes that compute a run together. */

import type { Command } from 'commander';
import { required } from '../../errors/index.ts';
import { type PullResult, type WorkShare, work } from '../../runs/index.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { threads } from '../options.ts';
import { duration, progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { print } from '../terminal.ts';
import * as errors from '../work/errors.ts';
import { JOBS } from '../work/jobs.ts';
import { runsIn, workableRun } from '../work/openRun.ts';
import { durationOption, shareOfArray, shareOption, threadsOfTask } from '../work/options.ts';
import { endingCommand } from '../work/planned.ts';

interface Options {
  readonly share?: WorkShare;
  readonly timeLimit?: number;
  readonly patience: number;
  readonly wait: boolean;
  readonly sameMachines: boolean;
  readonly threads?: number;
  readonly json: boolean;
}

/** Folders of networks show what others have written with up to a minute of delay. */
const PATIENCE_SECONDS = 180;

/** Adds the command. */
export function addWorkCommand(program: Command): void {
  program
    .command('work')
    .description('compute parts of a run beside other workers, until none is left')
    .argument(
      '<run...>',
      'run folders that were opened by --plan-only, or of nexort tasks run the folder of all, one after another',
    )
    .option(
      '--share <i/N>',
      'begin at the i-th of N shares (default: the place in an array of Slurm or Kubernetes)',
      shareOption,
    )
    .option('--time-limit <time>', 'begin nothing that is not expected to end within it, such as 2h', durationOption)
    .option(
      '--patience <time>',
      'a worker that is silent for so long is taken for gone',
      durationOption,
      PATIENCE_SECONDS,
    )
    .option('--no-wait', 'end when others have all that is left, in place of taking it over if they go')
    .option(
      '--same-machines',
      'refuse another kind of machine than the first worker’s, as --plan-only may ask of all',
      false,
    )
    .option(
      '--threads <number>',
      'where the run does not fix them (default: those of the cluster’s task, or all cores)',
      threads,
    )
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Any number of workers share a run folder, on one machine or on many that see it at the same path. Each takes parts that nobody
has, says so in the folder, and writes what it computes there; a part whose worker is gone is taken over. A part that two
compute comes out the same. Parts and results are the same bytes however many workers there are, on machines of one kind; others
are told of.

A worker can be stopped, killed and started again at any time. SIGTERM ends it at once: what it has taken is free again. When no
part is left, the run's own command collects and ends it.

Runs whose work is cut up: nexort ${[...JOBS.keys()].join(', nexort ')}.

The JSON object holds runs [{run, end, computed, takenOver, left, seconds}]; "end" is done, taken (others have what is left) or
time. Exit code 0: ended as it should, whatever is left. 2: bad usage or input, or a folder that cannot be written.

Examples:
  nexort kernel --out runs/shared --plan-only
  nexort work runs/shared
  nexort work runs/shared --share 2/16 --time-limit 2h
  nexort work FOLDER/* --no-wait`,
    )
    .action((runs: string[], options: Options) => runCommand(() => workOn(runs, options)));
}

async function workOn(runs: readonly string[], options: Options): Promise<void> {
  exitOnInterrupt('Ended. What this worker had taken is free again; what it has finished is kept.');
  const started = performance.now();
  const all: string[] = [];
  for (const given of runs) all.push(...(await runsIn(given)));
  const ended = new Map<string, PullResult>();
  const workOnAll = async (some: readonly string[], wait: boolean): Promise<void> => {
    for (const run of some) {
      const { timeLimit } = options;
      const left = timeLimit === undefined ? undefined : timeLimit - (performance.now() - started) / 1000;
      const result = await workOnRun(run, { ...options, wait }, left);
      ended.set(run, together(ended.get(run), result));
    }
  };
  // Of several runs what is free anywhere comes before what others have in hand.
  const [only, ...others] = all;
  await workOnAll(all, options.wait && others.length === 0);
  const taken = only === undefined ? [] : all.filter((run) => ended.get(run)?.end === 'taken');
  if (options.wait && others.length > 0) await workOnAll(taken, true);
  if (options.json) print(`${JSON.stringify({ runs: [...ended].map(([run, result]) => ({ run, ...result })) })}\n`);
}

/** Both times that a worker was at a run. */
function together(before: PullResult | undefined, { computed, takenOver, seconds, ...last }: PullResult): PullResult {
  if (before === undefined) return { ...last, computed, takenOver, seconds };
  return {
    ...last,
    computed: before.computed + computed,
    takenOver: before.takenOver + takenOver,
    seconds: before.seconds + seconds,
  };
}

async function workOnRun(run: string, options: Options, timeLimit: number | undefined): Promise<PullResult> {
  const { stored, job, command } = await workableRun(run);
  const say = (text: string): void => (options.json ? shown.say(text) : print(`${text}\n`));
  const shown = progress(`work on ${run}`);
  if (stored.status === 'complete' && command === undefined) {
    shown.stop();
    say(`'${run}' is complete: nothing is left to compute.`);
    return { end: 'done', computed: 0, takenOver: 0, left: 0, seconds: 0 };
  }
  if (command === undefined) throw errors.notOpen(run, job);
  try {
    process.chdir(command.folder);
  } catch {
    // What it finds elsewhere is checked against the run all the same.
    shown.say(`'${command.folder}', where the run was planned, is not on this machine; paths start from here.`);
  }
  const open = await required(JOBS.get(job), `job ${job}`)();
  const share = options.share ?? shareOfArray(process.env);
  const count = options.threads ?? threadsOfTask(process.env);
  try {
    const result = await work({
      run,
      open: ({ scratch }) =>
        open(command.arguments, {
          run,
          scratch,
          sameMachines: options.sameMachines || command.sameMachines === true,
          ...(count === undefined ? {} : { threads: count }),
          onNotice: shown.say,
        }),
      patienceSeconds: options.patience,
      wait: options.wait,
      ...(share === undefined ? {} : { share }),
      ...(timeLimit === undefined ? {} : { timeLimit }),
      onNotice: shown.say,
      onProgress: shown.update,
    });
    shown.stop();
    say(summary(run, result, endingCommand(command)));
    return result;
  } finally {
    shown.stop();
  }
}

const ENDS: Readonly<Record<PullResult['end'], (left: number) => string>> = {
  done: () => 'nothing is left',
  taken: (left) => `${left} more are in other workers’ hands`,
  time: (left) => `${left} are left, for which the time does not suffice`,
};

function summary(run: string, { end, computed, takenOver, left, seconds }: PullResult, ending: string): string {
  const over = takenOver === 0 ? '' : ` (${takenOver} taken over from workers that are gone)`;
  const next = end === 'done' ? `\nThis collects them and ends the run:  ${ending}` : '';
  return `${run}: ${computed} ${computed === 1 ? 'part' : 'parts'} computed in ${duration(seconds)}${over}; ${ENDS[end](left)}.${next}`;
}
