/** `nexort status`: how far a run's workers are. */

import type { Command } from 'commander';
import { beatSecondsOf, workStatus } from '../../runs/index.ts';
import { duration } from '../progress.ts';
import { runCommand } from '../run.ts';
import { print } from '../terminal.ts';
import { runsIn, workableRun } from '../work/openRun.ts';
import { durationOption } from '../work/options.ts';
import { endingCommand } from '../work/planned.ts';

interface Options {
  readonly watch?: number;
  readonly json: boolean;
}

/** Of the time between heartbeats: one comes surely, though late. */
const WATCHED_BEATS = 1.5;

/** Adds the command. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('show how far the workers of a run are')
    .argument('<run>', 'run folder, or of nexort tasks run the folder of all')
    .option(
      '--watch <time>',
      'how long to look for heartbeats of workers elsewhere (default: until each should have come)',
      durationOption,
    )
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Workers of this machine are looked up among its processes. Whether others are alive is seen by their heartbeats, for which the
command looks twice; no clocks are compared. Nothing is written.

The JSON object holds run, job, status (started or complete), open (whether workers can join), and where they can units, done,
claimed, stale, free, workers, and remainingSeconds: the work that is left at the pace of what is done, or null. Of a folder of
several runs it holds run, the folder, and runs, such objects.

Examples:
  nexort status runs/shared
  nexort status runs/shared --json`,
    )
    .action((run: string, options: Options) => runCommand(() => status(run, options)));
}

async function status(given: string, options: Options): Promise<void> {
  const runs = await runsIn(given);
  const found: RunStatus[] = [];
  for (const run of runs) found.push(await statusOf(run, options));
  const [first, ...others] = found;
  if (options.json) {
    const facts = others.length === 0 ? first?.facts : { run: given, runs: found.map((one) => one.facts) };
    print(`${JSON.stringify(facts)}\n`);
    return;
  }
  print(found.map(({ text }) => text).join(''));
}

/** How far one run is, as data and in words. */
interface RunStatus {
  readonly facts: object;
  readonly text: string;
}

async function statusOf(given: string, options: Options): Promise<RunStatus> {
  const { stored, job, command } = await workableRun(given);
  const run = stored.folder;
  const about = { run, job, status: stored.status };
  if (command === undefined) {
    const text =
      stored.status === 'complete'
        ? 'complete'
        : 'started, and not open to workers (its command with --plan-only opens it)';
    return { facts: { ...about, open: false }, text: `${run}: ${text}\n` };
  }
  const watchSeconds = options.watch ?? WATCHED_BEATS * (await beatSecondsOf(run));
  const { secondsDone, ...counts } = await workStatus({ run, watchSeconds });
  const { units } = command;
  const left = units - counts.done;
  const free = Math.max(0, left - counts.claimed - counts.stale);
  const remainingSeconds =
    left === 0
      ? 0
      : counts.done === 0 || counts.workers === 0
        ? null
        : (secondsDone / counts.done) * (left / counts.workers);
  const facts = { ...about, open: true, units, ...counts, free, remainingSeconds };
  const { done, claimed, stale, workers } = counts;
  const parts = [
    `${done} of ${units} parts are done`,
    `${claimed} are being computed by ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    ...(stale === 0 ? [] : [`${stale} are of workers that are gone: others take them over`]),
    `${free} are free`,
  ];
  const last =
    left === 0
      ? `All is computed. This collects it and ends the run:  ${endingCommand(command)}`
      : remainingSeconds === null
        ? 'How long the rest takes is not known yet.'
        : `About ${duration(remainingSeconds)} are left.`;
  return { facts, text: `${run}\n${parts.map((part) => `  ${part}\n`).join('')}${last}\n` };
}
