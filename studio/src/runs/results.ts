/** What the result files of commands hold, as far as the page shows it. */

import { type ExplainedTexts, explainedOf, isExplained } from './explained.ts';
import { BadFile, isObject, type Json, listAt, numberAt, numberOr, objectAt, objectsAt, textAt } from './shape.ts';

export interface Score {
  readonly name: string;
  readonly mean: number;
  readonly std: number;
  readonly interval: readonly number[];
}

export interface ScoresResult {
  readonly kind: 'scores';
  readonly task: string;
  readonly metric: string;
  readonly chance: number;
  readonly scores: readonly Score[];
}

export interface RegimeResult {
  readonly kind: 'regime';
  readonly verdict: string;
  readonly optimizers: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly words: readonly string[];
    readonly criteria: readonly {
      readonly name: string;
      readonly value: number;
      readonly bound: number;
      readonly passes: boolean;
      /** At 95 %; empty of what has none. */
      readonly interval: readonly number[];
      /** Whose bound it is. */
      readonly source: string;
    }[];
  }[];
}

export interface TransferView {
  readonly kind: 'transfer';
  readonly swept: string;
  readonly optimizer: string;
  readonly chance: number;
  readonly sweeps: readonly {
    readonly parametrization: string;
    readonly text: string;
    readonly verdict: string;
    /** Why there is no infinite width, where it was asked for. */
    readonly noLimit?: string;
    /** The last may be infinite. */
    readonly widths: readonly WidthView[];
  }[];
}

export interface WidthView {
  readonly width: number;
  readonly optimum: number;
  readonly points: readonly { readonly value: number; readonly loss: number; readonly standardError: number }[];
}

export interface CoordView {
  readonly kind: 'coord';
  readonly verdict: string;
  readonly parametrization: string;
  readonly optimizer: string;
  readonly findings: readonly string[];
  readonly measured: readonly {
    readonly layer: string;
    readonly quantity: string;
    readonly step: number;
    readonly exponent: number;
    readonly low: number;
    readonly high: number;
    readonly predicted: number;
    readonly judgement: string;
  }[];
}

export type Result = ScoresResult | RegimeResult | TransferView | CoordView | ExplainedTexts;

/** Reads the result in a parsed file: what `--json` prints, or a run folder's `run.json`. Throws {@link BadFile}. */
export function readResult(json: unknown): Result {
  if (!isObject(json))
    throw new BadFile('It holds no object; expected what a command prints with --json, or run.json.');
  if (json.kind === 'nexort-run' && json.status !== 'complete')
    throw new BadFile(
      `The run is “${String(json.status)}”, and has no result yet: start its command again, it goes on.`,
    );
  const candidates = [json, json.result, isObject(json.result) ? json.result.result : undefined].filter(isObject);
  for (const one of candidates) {
    if (isObject(one.kernels) && isObject(one.zeroShot)) return scoresOf(one);
    if (isObject(one.optimizers) && typeof one.verdict === 'string') return regimeOf(one);
    if (Array.isArray(one.sweeps)) return transferOf(one);
    if (isExplained(one)) return explainedOf(one);
    if (Array.isArray(one.measured) && typeof one.verdict === 'string') return coordOf(one);
  }
  throw new BadFile(
    'It is no result that this page shows: expected one of nexort kernel, predict, regime, transfer or coord (--json), or a run folder’s run.json.',
  );
}

function scoresOf(json: Json): ScoresResult {
  const scoreOf = (name: string, of: Json): Score => ({
    name,
    mean: numberAt(of, 'mean'),
    std: numberOr(of, 'std'),
    interval: Array.isArray(of.interval) ? of.interval.map(Number) : [],
  });
  const kernels = objectAt(json, 'kernels');
  return {
    kind: 'scores',
    task: textAt(json, 'task'),
    metric: textAt(json, 'metric'),
    chance: numberOr(json, 'chance'),
    scores: [
      scoreOf('without training', objectAt(json, 'zeroShot')),
      ...Object.keys(kernels).map((name) => scoreOf(name, objectAt(kernels, name))),
    ],
  };
}

function regimeOf(json: Json): RegimeResult {
  const optimizers = objectAt(json, 'optimizers');
  return {
    kind: 'regime',
    verdict: textAt(json, 'verdict'),
    optimizers: Object.keys(optimizers).map((name) => {
      const of = objectAt(optimizers, name);
      return {
        name,
        verdict: textAt(of, 'verdict'),
        words: listAt(of, 'words').map(String),
        criteria: objectsAt(of, 'criteria').map((one) => ({
          name: textAt(one, 'name'),
          value: numberOr(one, 'value'),
          bound: numberOr(one, 'bound'),
          passes: one.passes === true,
          interval: Array.isArray(one.interval) ? one.interval.map(Number) : [],
          source: typeof one.source === 'string' ? one.source : 'not told',
        })),
      };
    }),
  };
}

function transferOf(json: Json): TransferView {
  return {
    kind: 'transfer',
    swept: textAt(objectAt(json, 'hyperparameter'), 'words'),
    optimizer: textAt(json, 'optimizer'),
    chance: numberOr(json, 'chance'),
    sweeps: objectsAt(json, 'sweeps').map((sweep) => ({
      parametrization: textAt(sweep, 'parametrization'),
      text: textAt(sweep, 'text'),
      verdict: textAt(sweep, 'verdict'),
      ...(isObject(sweep.infinite) && typeof sweep.infinite.reason === 'string'
        ? { noLimit: sweep.infinite.reason }
        : {}),
      widths: [
        ...objectsAt(sweep, 'widths').map((one) => widthOf(numberAt(one, 'width'), one)),
        ...(isObject(sweep.infinite) && sweep.infinite.reason === undefined
          ? [widthOf(Number.POSITIVE_INFINITY, sweep.infinite)]
          : []),
      ],
    })),
  };
}

const widthOf = (width: number, json: Json): WidthView => ({
  width,
  optimum: numberOr(objectAt(json, 'optimum'), 'value'),
  points: objectsAt(json, 'points').map((point) => ({
    value: numberAt(point, 'value'),
    loss: numberOr(point, 'loss'),
    standardError: numberOr(point, 'standardError'),
  })),
});

function coordOf(json: Json): CoordView {
  return {
    kind: 'coord',
    verdict: textAt(json, 'verdict'),
    parametrization: textAt(json, 'parametrization'),
    optimizer: textAt(json, 'optimizer'),
    findings: objectsAt(json, 'findings').map((one) => textAt(one, 'text')),
    measured: objectsAt(json, 'measured').map((one) => {
      const [low = Number.NaN, high = Number.NaN] = Array.isArray(one.interval) ? one.interval.map(Number) : [];
      return {
        layer: textAt(one, 'layer'),
        quantity: textAt(one, 'quantity'),
        step: numberAt(one, 'step'),
        exponent: numberOr(one, 'exponent'),
        ...{ low, high },
        predicted: numberOr(one, 'predicted'),
        judgement: textAt(one, 'judgement'),
      };
    }),
  };
}
