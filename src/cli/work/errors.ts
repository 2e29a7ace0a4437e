/** Words of the errors of work that is shared: runs that cannot be, shares and clusters. */

import { UserError } from '../../errors/index.ts';

/** Kinds of runs whose work can be shared, for messages. */
const commandsOf = (jobs: readonly string[]): string => jobs.map((job) => `nexort ${job}`).join(', ');

/** A run of a command that one process computes. */
export function notShared(run: string, job: string, jobs: readonly string[]): UserError {
  return new UserError(
    'cli.not-shared',
    `'${run}' is a run of nexort ${job}, whose work is not cut up; workers compute runs of ${commandsOf(jobs)}. Start its command again to go on.`,
    { run, job, jobs },
  );
}

/** A run that its command has not opened to workers. */
export function notOpen(run: string, job: string): UserError {
  return new UserError(
    'cli.not-open',
    `'${run}' is not open to workers. Start its command once more with --plan-only, which keeps what is computed: nexort ${job} … --out ${run} --plan-only.`,
    { run, job },
  );
}

/** A plan alone needs a folder to be in. */
export function planWithoutFolder(): UserError {
  return new UserError(
    'cli.plan-without-folder',
    '--plan-only opens a run folder to workers, and there is none; give one with --out.',
    {},
  );
}

/** A cluster that is asked for in no way that is known. */
export function noCluster(): UserError {
  return new UserError(
    'cli.no-cluster',
    'nexort submit needs to know what takes the jobs; expected --slurm. Others run nexort work RUN themselves (docs/clusters.md).',
    {},
  );
}

/** What the cluster said. */
export function submitRefused(script: string, said: string): UserError {
  return new UserError(
    'cli.submit-refused',
    `sbatch did not take '${script}': ${said.trim() || 'it gave no reason'}. Edit the script and give it to sbatch, or give other flags after --.`,
    { script, said },
  );
}

/** The run has ended. */
export function runComplete(run: string): UserError {
  return new UserError('cli.run-complete', `'${run}' is complete; there is nothing to submit.`, { run });
}
