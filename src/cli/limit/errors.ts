/** Words of the errors of `nexort limit`. */

import { UserError } from '../../errors/index.ts';
import { counted, likely } from '../../errors/wording/index.ts';

/** Data that are neither known by name nor a file that is read. */
export function unknownLimitData(given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError(
    'cli.unknown-limit-data',
    `there are no data "${given}" for a limit; expected ${known.join(', ')}, a table (.csv, .tsv), an array (.npy, .json) with --targets, or a text (.txt).${hint}`,
    { given, known },
  );
}

/** An array of inputs without one of targets. */
export function noTargets(data: string): UserError {
  return new UserError(
    'cli.no-targets',
    `--data ${data} is an array of inputs alone; give the targets as an array of their own, --targets y.npy (or .csv, .json), a row for each of its rows.`,
    { data },
  );
}

/** Targets that do not belong to the inputs. */
export function unevenTargets(targets: string, shape: readonly number[], data: string, examples: number): UserError {
  return new UserError(
    'cli.uneven-targets',
    `--targets ${targets} is an array of ${shape.join(' × ')}; expected ${counted(examples, 'row')}, one for each example of ${data}, of one number each, or one for every output.`,
    { targets, shape, data, examples },
  );
}

/** An array that has no rows of numbers, or numbers that are not finite. */
export function badExampleArray(data: string, problem: string): UserError {
  return new UserError(
    'cli.bad-example-array',
    `'${data}' ${problem}; expected an array of finite numbers, a row for each example.`,
    { data, problem },
  );
}

/** No example is left to train on. */
export function nothingTrained(evaluate: number, examples: number): UserError {
  return new UserError(
    'cli.nothing-trained',
    `--evaluate ${evaluate} leaves nothing to train on, for there ${examples === 1 ? 'is' : 'are'} ${counted(examples, 'example')}; expected fewer.`,
    { evaluate, examples },
  );
}

/** A loss, or a way to add up examples, that is not there. */
export function unknownChoice(option: string, given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError('cli.unknown-choice', `there is no ${option} ${given}; expected ${known.join(' or ')}.${hint}`, {
    option,
    given,
    known,
  });
}

/** A start of outputs where they start by themselves. */
export function noStart(start: string, parametrization: string): UserError {
  return new UserError(
    'cli.no-start',
    `--start ${start} has no effect: in ${parametrization} features move, and the outputs of the limit start as its network gives them; expected a parametrization with a neural tangent limit, such as ntp, or no --start.`,
    { start, parametrization },
  );
}

/** A start that is neither known by name nor a file. */
export function unknownStart(start: string): UserError {
  return new UserError(
    'cli.unknown-start',
    `there is no --start ${start}; expected 0, gp (a draw of the Gaussian process that untrained outputs are), or a file of numbers (.csv, .json, .npy).`,
    { start },
  );
}

/** An array as a task, which has no targets of its own. */
export function arrayAsTask(data: string): UserError {
  return new UserError(
    'cli.array-as-task',
    `'${data}' is an array, which has no targets of its own; expected a table (.csv, .tsv) with a column of targets, or circle, xor, teacher or digits for --pretrain and --finetune.`,
    { data },
  );
}

/** Two tasks that one network cannot read. */
export function otherInputs(first: string, second: string, own: number, others: number): UserError {
  return new UserError(
    'cli.other-inputs',
    `--pretrain ${first} and --finetune ${second} are tasks of one network, but an example of the first has ${counted(own, 'number')} and one of the second ${others}; expected as many of both.`,
    { first, second, own, others },
  );
}
