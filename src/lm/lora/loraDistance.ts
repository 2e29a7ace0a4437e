/**
 * How far LoRA's kernel at its start is from the full kernel of the adapted matrices, by rank (Malladi et al. 2023, section
 * 7, by the lemma of Johnson and Lindenstrauss 1984): a random projection, whose distance falls as rank^(-1/2).
 */

import { required } from '../../errors/index.ts';
import type { DenseLayer } from '../../nets/index.ts';
import { confidenceInterval, entry, weightedLinearFit } from '../../numeric/index.ts';
import { pairsOf } from '../kernel/stageProducts.ts';
import { drawA, targeted } from './freshLora.ts';
import { rankAboveWidth } from './loraErrors.ts';
import { type FactorOptions, matrixFactors } from './matrixFactors.ts';
import { fullProducts, type Products, projectedProducts, projectionVariance } from './projectedProducts.ts';

/** Of which matrices, ranks and draws `loraDistance` measures. */
export interface LoraDistanceOptions extends Omit<FactorOptions, 'matrices'> {
  /** Of `LORA_TARGETS`, or ends of layers' names. */
  readonly targets: readonly string[];
  /** Rising; by default {@link USUAL_RANKS}, those that the matrices have. */
  readonly ranks?: readonly number[];
  /** Of the draws of A, several for each rank. */
  readonly seeds: readonly number[];
  /** Called with the share of the work done. */
  readonly onProgress?: (share: number) => void;
}

/** Ranks that are measured unless told otherwise. */
export const USUAL_RANKS: readonly number[] = [1, 2, 4, 8, 16, 32];

/** The kernel at one rank. */
export interface RankDistance {
  readonly rank: number;
  /** ‖LoRA's, scaled − full‖ / ‖full‖ by seed, in Frobenius norms. */
  readonly distances: readonly number[];
  /** The root mean square over seeds, and its standard error; undefined of a single seed. */
  readonly distance: number;
  readonly standardError?: number;
  /** The root of the mean square over all A: exact, and a multiple of rank^(-1/2). */
  readonly predicted: number;
}

/** LoRA's kernel beside the full one, by rank: distances, the predicted ones, and the slope. */
export interface LoraDistance {
  /** Names of the adapted matrices. */
  readonly matrices: readonly string[];
  /** Numbers in them. */
  readonly parameterCount: number;
  readonly examples: number;
  readonly outputs: number;
  readonly ranks: readonly RankDistance[];
  /** Of the logarithm of the distance in that of the rank, with its 95 % interval; of three ranks or more, and seeds. */
  readonly slope?: { readonly value: number; readonly interval: readonly [number, number] };
}

/**
 * Measures it. LoRA's kernel is multiplied by 1/((α/r)² r Var A) of each matrix, so that its mean is the full one.
 * Throws {@link UserError} `lm.unknown-lora-target`, `lm.rank-above-width`; the errors of reading weights.
 */
export async function loraDistance(options: LoraDistanceOptions): Promise<LoraDistance> {
  const { engine, model, targets, ranks: given, seeds, onProgress = () => {}, ...rest } = options;
  const layers = targeted(model.config, 'words', targets);
  const ranks = ranksFor(layers, given);
  const byMatrix = new Map(layers.map((layer) => [`${layer.name}.weight`, layer]));
  const size = rest.outputs.outputs;
  let full: Products = [];
  let variance = 0;
  let pairs = pairsOf(0, 0);
  const cells = ranks.flatMap((rank) => seeds.map((seed) => ({ rank, seed, difference: [] as Products })));
  let done = 0;
  for await (const { matrix, blocks } of matrixFactors({ engine, model, ...rest, matrices: [...byMatrix.keys()] })) {
    const layer = required(byMatrix.get(matrix), `layer of "${matrix}"`);
    const own = await fullProducts(engine, blocks, size);
    pairs = pairsOf(blocks.length, 0);
    full = summedProducts(full, own, 1);
    variance += await projectionVariance(engine, blocks, size);
    for (const cell of cells) {
      const projected = await projectedProducts(engine, blocks, size, drawA(cell.seed, layer, cell.rank));
      cell.difference = summedProducts(summedProducts(cell.difference, projected, 1), own, -1);
    }
    onProgress(++done / byMatrix.size);
  }
  const whole = squaredNorm(full, pairs);
  const found = ranks.map((rank): RankDistance => {
    const distances = cells
      .filter((cell) => cell.rank === rank)
      .map(({ difference }) => Math.sqrt(squaredNorm(difference, pairs) / whole));
    return { rank, distances, ...rootMeanSquare(distances), predicted: Math.sqrt(variance / (rank * whole)) };
  });
  const slope = slopeOf(found);
  return {
    matrices: [...byMatrix.keys()],
    parameterCount: layers.reduce((sum, { rows, columns }) => sum + rows * columns, 0),
    examples: rest.examples.length,
    outputs: size,
    ranks: found,
    ...(slope === undefined ? {} : { slope }),
  };
}

function ranksFor(layers: readonly DenseLayer[], given: readonly number[] | undefined): readonly number[] {
  const most = Math.min(...layers.flatMap(({ rows, columns }) => [rows, columns]));
  if (given === undefined) return USUAL_RANKS.filter((rank) => rank <= most);
  const above = given.find((rank) => rank > most);
  if (above !== undefined) throw rankAboveWidth(above, most);
  return given;
}

/** A sum of products; of nothing yet, the first is the sum. */
function summedProducts(total: Products, products: Products, factor: number): Products {
  return products.map((product, k) => {
    const before = total[k] ?? new Float64Array(product.length);
    return product.map((value, e) => entry(before, e) + factor * value);
  });
}

/** Squares of all entries; those of a pair of two blocks stand for their mirror image too. */
function squaredNorm(products: Products, pairs: readonly (readonly [number, number])[]): number {
  return products.reduce((sum, product, k) => {
    const [row, column] = required(pairs[k], `pair ${k}`);
    return sum + (row === column ? 1 : 2) * product.reduce((total, value) => total + value ** 2, 0);
  }, 0);
}

function rootMeanSquare(values: readonly number[]): { readonly distance: number; readonly standardError?: number } {
  const squares = values.map((value) => value ** 2);
  const mean = squares.reduce((sum, value) => sum + value, 0) / values.length;
  const distance = Math.sqrt(mean);
  if (values.length < 2) return { distance };
  const spread = squares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  // The derivative of the root, 1/(2 √mean), times the standard error of the mean square.
  return { distance, standardError: Math.sqrt(spread / values.length) / (2 * distance) };
}

function slopeOf(ranks: readonly RankDistance[]): LoraDistance['slope'] {
  const errors = ranks.map(({ distance, standardError }) => (standardError ?? 0) / distance);
  if (ranks.length < 3 || !errors.every((error) => error > 0)) return undefined;
  const fit = weightedLinearFit(
    ranks.map(({ rank }) => Math.log(rank)),
    ranks.map(({ distance }) => Math.log(distance)),
    errors,
  );
  // Where points scatter more about a line than their errors say, so does the slope.
  const scatter = Math.sqrt(Math.max(1, fit.chiSquare / fit.degreesOfFreedom));
  const { low, high } = confidenceInterval(fit.slope, scatter * fit.slopeStandardError, 0.95, fit.degreesOfFreedom);
  return { value: fit.slope, interval: [low, high] };
}
