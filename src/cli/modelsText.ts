/** Models as a person reads them on a terminal. */

import { gigabytes } from '../errors/wording/index.ts';
import type { ModelOverview, RunForecast } from '../lm/node/index.ts';
import { duration } from './progress.ts';
import { table } from './table.ts';

/** A kind of checkpoint that can be taken. */
export interface SupportedModel {
  /** `model_type` of config.json. */
  readonly type: string;
  /** The class of transformers. */
  readonly class: string;
  readonly predicts: ModelOverview['predicts'];
}

/** A model on this machine. */
export interface ListedModel extends Partial<ModelOverview> {
  readonly name: string;
  readonly folder: string;
  readonly revisions?: readonly string[];
  /** Of a kernel run on the task that is asked for. */
  readonly forecast?: RunForecast;
  /** Why it cannot be taken, or not for the task. */
  readonly problem?: { readonly code: string; readonly message: string };
}

interface Told {
  readonly supported: readonly SupportedModel[];
  /** The folder of the hub's models. */
  readonly cache: string;
  readonly task?: string;
  readonly models: readonly ListedModel[];
}

/** The tables: what can be taken, and what is there. */
export function modelsText({ supported, cache, task, models }: Told): string {
  const kinds = supported.map(({ type, class: name, predicts }) => [type, name, predicts]);
  const head = ['model', 'type', 'parameters', 'weights', ...(task === undefined ? [] : [`${task}: memory`, 'time'])];
  const rows = models.map((model) => {
    const { name, modelType, parameters, bytes, forecast } = model;
    const run = forecast === undefined ? ['', ''] : [gigabytes(forecast.bytes), duration(forecast.seconds)];
    return [
      shortCommit(name),
      modelType ?? '',
      parameters === undefined ? '' : shortCount(parameters),
      bytes === undefined ? '' : gigabytes(bytes),
      ...(task === undefined ? [] : run),
    ];
  });
  const problems = models.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${shortCommit(name)}: ${problem.message}`],
  );
  return `${[
    table(['model_type', 'class', 'predicts'], kinds),
    table(head, rows),
    ...problems,
    `Models of the hub are kept in ${cache}; --model ORG/NAME takes one, and downloads it if need be.`,
  ].join('\n\n')}\n`;
}

/** Digits of a commit that tell it from others. */
const COMMIT_DIGITS = 8;

const shortCommit = (name: string): string =>
  name.replace(/@([0-9a-f]{40})$/, (_, commit: string) => `@${commit.slice(0, COMMIT_DIGITS)}`);

/** A number of parameters: `7.2 M`, `6.74 B`. */
function shortCount(parameters: number): string {
  const units = [
    [1e9, ' B'],
    [1e6, ' M'],
    [1e3, ' k'],
  ] as const;
  const [size, unit] = units.find(([least]) => parameters >= least) ?? [1, ''];
  return `${Number((parameters / size).toPrecision(3))}${unit}`;
}
