/** Work of the transfer page: sweeps over learning rates, network by network, and checks of coordinates. */

import {
  type Cell,
  type CellKey,
  type CoordResult,
  coordinateCheck,
  type Examples,
  nameOf,
  type PreparedSweep,
  prepareSweep,
  randomExamples,
  type TransferOptions,
  type TransferResult,
  teacherExamples,
  transfer,
} from 'nexort/experiments';
import { interpretedStepper } from 'nexort/finite';
import { mlp } from 'nexort/nets';
import { named, ruleOf } from 'nexort/parametrizations';
import { interpret } from 'nexort/reference';
import { isOwn, ownParametrization } from '../problem/exponents.ts';
import { activationOf, optimizerOf } from '../problem/rules.ts';
import { BATCH, COORD_BATCH, COORD_INPUT, sweptSettings } from '../problem/sweeps.ts';
import type { CoordSpec, SweepSpec } from '../transfer/spec.ts';

/** Networks to train, what each takes beside another, and seconds of all of them on one core. */
export interface SweepPlan {
  readonly keys: readonly CellKey[];
  readonly works: readonly number[];
  readonly seconds: number;
}

export type SweepJobs = {
  readonly plan: { readonly given: SweepSpec; readonly part: never; readonly gives: SweepPlan };
  readonly network: {
    readonly given: { readonly spec: SweepSpec; readonly key: CellKey };
    readonly part: never;
    readonly gives: Cell;
  };
  readonly judge: {
    readonly given: { readonly spec: SweepSpec; readonly cells: readonly Cell[] };
    readonly part: never;
    readonly gives: TransferResult;
  };
  /** Seconds. */
  readonly planCoord: { readonly given: CoordSpec; readonly part: never; readonly gives: number };
  readonly coord: { readonly given: CoordSpec; readonly part: number; readonly gives: CoordResult };
};

function ruled(given: string) {
  const { optimizer } = optimizerOf(given);
  const settings = sweptSettings(given);
  return { optimizer, settings, rule: ruleOf(optimizer, { settings }) };
}

const parametrizationFor = (given: string, rule: ReturnType<typeof ruleOf>) =>
  isOwn(given) ? ownParametrization(given) : named(given, rule).parametrization;

let examples: Promise<Examples> | undefined;

async function optionsOf(spec: SweepSpec): Promise<TransferOptions> {
  const { depth, activation, widths, rates, parametrizations, seed, seeds, steps, samples } = spec;
  const { optimizer, settings, rule } = ruled(spec.optimizer);
  // The same for every sweep.
  examples ??= teacherExamples({ run: interpret });
  const { classes, ...data } = await examples;
  return {
    net: mlp({ depth, activation: activationOf(activation), classes }),
    optimizer,
    settings,
    parametrizations: parametrizations.map((name) => parametrizationFor(name, rule)),
    examples: { ...data, classes },
    widths: widths.filter(Number.isFinite),
    ...(widths.every(Number.isFinite) ? {} : { infinite: { samples } }),
    values: rates,
    seed,
    seeds,
    steps,
    batch: BATCH,
    stepper: interpretedStepper(interpret),
  };
}

let last: { readonly name: string; readonly sweep: Promise<PreparedSweep> } | undefined;

/** Programs are made once for all networks of a sweep. */
function prepared(spec: SweepSpec): Promise<PreparedSweep> {
  const name = JSON.stringify(spec);
  if (last?.name !== name) last = { name, sweep: optionsOf(spec).then(prepareSweep) };
  return last.sweep;
}

export async function planSweep(spec: SweepSpec): Promise<SweepPlan> {
  const { keys, workOf } = await prepared(spec);
  const works = keys.map(workOf);
  // A finite network: those at infinite width are forecast by their work.
  const probe = keys.findLast(({ sampled }) => sampled === undefined);
  if (probe === undefined) return { keys, works, seconds: 0 };
  const timed = async (steps: number): Promise<number> => {
    const sweep = await prepareSweep({ ...(await optionsOf(spec)), steps });
    const start = performance.now();
    await sweep.train(probe);
    return (performance.now() - start) / 1000;
  };
  const [once, more] = [await timed(1), await timed(3)];
  const step = Math.max(0, more - once) / 2;
  const begin = Math.max(0, once - step);
  const own = workOf(probe);
  const seconds = works.reduce((sum, work) => sum + begin + (spec.steps * step * work) / own, 0);
  return { keys, works, seconds };
}

export const trainCell = async ({ spec, key }: { readonly spec: SweepSpec; readonly key: CellKey }): Promise<Cell> =>
  (await prepared(spec)).train(key);

/** What all networks say together; nothing is trained. */
export async function judgeSweep({
  spec,
  cells,
}: {
  readonly spec: SweepSpec;
  readonly cells: readonly Cell[];
}): Promise<TransferResult> {
  const known = new Map(cells.map((cell) => [nameOf(cell), cell]));
  return transfer({
    ...(await optionsOf(spec)),
    cells: { read: async (key) => known.get(nameOf(key)), write: async () => {} },
  });
}

/** What a forecast trains: no wider networks, no more updates, and so many seeds more than one. */
const PROBE = { width: 64, steps: 2, seeds: 2 } as const;
/** Widths of a probe: a check takes three, which here are nearly one. */
const NEAR = [0, 1, 2] as const;

/** Seconds that a check takes: a network's are a + b n², by networks near its narrowest width and near a wide one. */
export async function planCheck(spec: CoordSpec): Promise<number> {
  const { widths, seeds, steps: updates } = spec;
  const steps = Math.min(updates, PROBE.steps);
  const timed = async (width: number, count: number): Promise<number> => {
    const start = performance.now();
    await checkCoordinates({ ...spec, widths: NEAR.map((more) => width + more), seeds: count, steps });
    return (performance.now() - start) / 1000;
  };
  // Sizes are measured once more than there are updates.
  const measures = (updates + 1) / (steps + 1);
  const network = async (width: number): Promise<number> => {
    const once = await timed(width, 1);
    const more = await timed(width, 1 + PROBE.seeds);
    return (measures * Math.max(0, more - once)) / (PROBE.seeds * NEAR.length);
  };
  const narrow = Math.min(PROBE.width / 2, ...widths);
  const wide = Math.min(PROBE.width, Math.max(...widths));
  // The first check also makes its code ready.
  const begin = await timed(narrow, 1);
  const [low, high] = [await network(narrow), await network(wide)];
  const square = Math.max(0, high - low) / (wide ** 2 - narrow ** 2);
  return widths.reduce((sum, width) => sum + seeds * Math.max(0, low + square * (width ** 2 - narrow ** 2)), begin);
}

export async function checkCoordinates(
  spec: CoordSpec,
  tell: (share: number) => void = () => {},
): Promise<CoordResult> {
  const { depth, activation, seed, seeds, steps, widths, rate } = spec;
  const { optimizer, settings, rule } = ruled(spec.optimizer);
  const make = interpretedStepper(interpret);
  return coordinateCheck({
    net: mlp({ depth, activation: activationOf(activation) }),
    data: randomExamples({ batch: COORD_BATCH, input: COORD_INPUT, seed }),
    sizes: { batch: COORD_BATCH, input: COORD_INPUT },
    loss: 'squared',
    parametrization: parametrizationFor(spec.parametrization, rule),
    optimizer,
    settings: { ...settings, learningRate: rate },
    ...{ widths, seeds, seed, steps },
    stepper: make,
    onProgress: tell,
  });
}
