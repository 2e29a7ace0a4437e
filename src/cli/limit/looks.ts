/** What one looks at besides outputs: the tangent kernel over time, features by layer; in the limit and of networks. */

import { required } from '../../errors/index.ts';
import {
  descentEdge,
  type FeatureMovement,
  type FrozenOptions,
  featureMovement,
  frozenKernel,
  type KernelLook,
  type LimitResult,
  type MovementOptions,
  type SpectrumOptions,
  type TangentSpectrum,
  tangentSpectrum,
  type WidthPaths,
} from '../../experiments/index.ts';
import { mean, standardDeviation } from '../../numeric/index.ts';
import { nodeOf, outputOf } from '../../program/index.ts';
import { exampleCount } from '../../training/index.ts';
import type { PreparedLimit } from './prepare.ts';

/** The tangent kernel on the examples of the batches, before a step. */
export interface KernelReport extends Omit<TangentSpectrum, 'eigenvalues' | 'standardError'> {
  /** From the largest on. */
  readonly eigenvalues: readonly number[];
  /** The largest curvature of the squared loss, the largest eigenvalue over the number of examples of a mean. */
  readonly sharpness: number | null;
  readonly standardError: number | null;
}

/** What networks of one width show: means over seeds. */
export interface LooksAtWidth {
  readonly width: number;
  readonly features: readonly Pick<FeatureMovement, 'layer' | 'movement' | 'alignment'>[];
  readonly tangentKernel: readonly {
    readonly step: number;
    readonly sharpness: number;
    readonly deviation: number | null;
    /** From the largest on, each the mean of its rank. */
    readonly eigenvalues: readonly number[];
  }[];
  readonly weights: readonly (Omit<WeightReport, 'standardError'> & { readonly deviation: number | null })[];
}

/** How far the weights of a parameter are from where they started, before a step. */
export interface WeightReport {
  readonly step: number;
  readonly parameter: string;
  /** Root mean square of (W − W_0) x over that of x. */
  readonly change: number;
  readonly standardError: number | null;
}

export interface Looks {
  /** Of a neural tangent limit the one kernel that it has. */
  readonly tangentKernel: readonly KernelReport[];
  /** The sharpness from which on descent diverges; null where updates are not plain descent on squared loss. */
  readonly edge: number | null;
  /** In the neural tangent limit of weights before the readout alone, which stand still. */
  readonly weights: readonly WeightReport[];
  readonly beside: readonly LooksAtWidth[];
}

/** Looks unless others are asked for: before the first step, halfway, and after the last. */
const LOOKS = 3;
/** A kernel on more takes longer than all else. */
const MOST_ROWS = 32;

/** The steps before which the tangent kernel is looked at: as many as are told, else a few where it is small. */
export function lookSteps({ problem }: PreparedLimit, told: number | undefined): readonly number[] {
  const { program, output } = problem.net;
  const { axes } = nodeOf(program, outputOf(program, output).value).type;
  const isSmall = axes.length === 1 && exampleCount(problem.data) <= MOST_ROWS;
  const count = told ?? (isSmall ? LOOKS : 0);
  return spreadSteps(problem.steps, count);
}

/** The steps before which it is looked how far weights have changed, which takes little: as many as are told, else three. */
export const changeSteps = ({ problem }: PreparedLimit, told: number = LOOKS): readonly number[] =>
  spreadSteps(problem.steps, told);

function spreadSteps(steps: number, count: number): readonly number[] {
  if (count < 2) return count === 0 ? [] : [0];
  return [...new Set(Array.from({ length: count }, (_, k) => Math.round((steps * k) / (count - 1))))];
}

/** Everything that was looked at. Throws as `frozenKernel` does. */
export async function looksOf(
  { problem, kernels }: PreparedLimit,
  { limit, widths }: LimitResult,
  steps: readonly number[],
  options: FrozenOptions,
): Promise<Looks> {
  const trained = [...new Set(required(problem.batches, 'batches of a limit').flat())];
  const examples = exampleCount(problem.data);
  const numbers = problem.loss === 'cross-entropy' ? undefined : problem.data.target?.data;
  const targets = numbers === undefined ? {} : { targets: numbers };
  const asked: SpectrumOptions = { trained, examples, ...targets };
  const share = problem.reduction === 'sum' ? 1 : trained.length;
  const frozen =
    limit.kind === 'neural tangent' && steps.length > 0 ? await frozenKernel(problem, 'ntk', options) : undefined;
  const own: readonly KernelLook[] =
    frozen === undefined
      ? limit.kernels
      : [{ step: 0, entries: Array.from(frozen.kernel.data, (value) => ({ value, standardError: 0 })) }];
  const features = { kernels, trained, ...(limit.shape.length > 1 ? {} : targets) };
  return {
    edge: descentEdge(problem) ?? null,
    tangentKernel: own.map((look): KernelReport => {
      const { eigenvalues, standardError, ...rest } = tangentSpectrum(look, asked);
      const [largest] = eigenvalues;
      const sharpness = largest === undefined ? null : largest / share;
      return { ...rest, eigenvalues, sharpness, standardError: sharpness === null ? null : standardError / share };
    }),
    weights: limit.changes.map(({ step, parameter, change }) => ({
      step,
      parameter,
      change: change.value,
      standardError: Number.isFinite(change.standardError) ? change.standardError : null,
    })),
    beside: widths.map((one) => looksAtWidth(one, limit.shape, { asked, share, features })),
  };
}

function looksAtWidth(
  { width, looks }: WidthPaths,
  shape: readonly number[],
  {
    asked,
    share,
    features,
  }: { readonly asked: SpectrumOptions; readonly share: number; readonly features: MovementOptions },
): LooksAtWidth {
  const exact = (entries: readonly number[]) => entries.map((value) => ({ value, standardError: 0 }));
  const moved = looks.map(({ values }) => {
    const estimates = Object.entries(values).map(([name, steps]) => [name, steps.map(exact)] as const);
    return featureMovement({ values: Object.fromEntries(estimates), shape }, features);
  });
  const steps = looks[0]?.kernels.map(({ step }) => step) ?? [];
  return {
    width,
    features: (moved[0] ?? []).map(({ layer }, k) => {
      const own = moved.map((network) => required(network[k], 'movement of a layer'));
      const aligned = own.flatMap(({ alignment }) => (alignment === undefined ? [] : [alignment]));
      const movement = mean(own.map((one) => one.movement));
      if (aligned.length < own.length) return { layer, movement };
      return {
        layer,
        movement,
        alignment: [mean(aligned.map(([start]) => start)), mean(aligned.map(([, end]) => end))],
      };
    }),
    tangentKernel: steps.map((step, k) => {
      const spectra = looks.map(({ kernels }) => {
        const { entries } = required(kernels[k], 'look at a network');
        return tangentSpectrum({ step, entries: exact(entries) }, asked).eigenvalues;
      });
      const values = spectra.map(([largest]) => required(largest, 'eigenvalue of a finite kernel') / share);
      return {
        step,
        sharpness: mean(values),
        deviation: standardDeviation(values) ?? null,
        eigenvalues: required(spectra[0], 'spectrum of a network').map((_, rank) =>
          mean(spectra.map((spectrum) => required(spectrum[rank], 'eigenvalue'))),
        ),
      };
    }),
    weights: (looks[0]?.changes ?? []).map(({ step, parameter }, k) => {
      const values = looks.map(({ changes }) => required(changes[k], 'change of weights').change);
      return { step, parameter, change: mean(values), deviation: standardDeviation(values) ?? null };
    }),
  };
}
