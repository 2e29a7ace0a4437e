/**
 * A random projection of one matrix's kernel, as LoRA's factor B at 0 makes it, and how far that may be off.
 *
 * The gradient of W for an example is G = Σ_p d_p x_pᵀ over places p, and that of B at B = 0 is s G Aᵀ. So LoRA's kernel over
 * s² r Var A is tr(G Aᵀ A G′ᵀ)/(r Var A) = (1/r) Σ_k a_kᵀ M a_k with M = Gᵀ G′ and a_k the rows of A over their deviation:
 * independent entries of mean 0, variance 1 and fourth moment κ. Its mean is tr M, the kernel ⟨G, G′⟩, and
 *
 *     variance = (1/r) (‖M‖² + tr M² + (κ − 3) Σ_j M_jj²).
 */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { START_VARIANCE } from '../../nets/index.ts';
import { argument, mul, type Program, square, type Value, Writer } from '../../program/index.ts';
import { Carrier } from '../kernel/carriedProducts.ts';
import { matrixProducts } from '../kernel/gradientProducts.ts';
import type { FactorBlock } from '../kernel/productBlocks.ts';
import { gram } from '../kernel/productPrograms.ts';
import { pairsOf } from '../kernel/stageProducts.ts';

/** The fourth moment of a uniform number of variance 1. */
const KURTOSIS = 9 / 5;
/** Numbers of the largest value in the products of two blocks. */
const MOST_NUMBERS = 2 ** 24;

/** Products of gradients for every pair of blocks, in the order of `pairsOf`. */
export type Products = readonly Float64Array[];

/** The kernel of one matrix. */
export async function fullProducts(engine: Engine, blocks: readonly FactorBlock[], outputs: number): Promise<Products> {
  const carrier = new Carrier(engine);
  try {
    return await matrixProducts({ engine, carrier, blocks, pairs: pairsOf(blocks.length, 0), outputs, plain: true });
  } finally {
    await carrier.release();
  }
}

/** LoRA's over (α/r)² r Var A, for a factor A [rank, columns]. */
export async function projectedProducts(
  engine: Engine,
  blocks: readonly FactorBlock[],
  outputs: number,
  a: Float32Array,
): Promise<Products> {
  const [first] = blocks;
  if (first === undefined) return [];
  const columns = first.x.length / (first.examples * first.places);
  const rank = a.length / columns;
  // Var A = START_VARIANCE/columns (freshLora.ts); half of the factor with each of the two gradients.
  const scale = Math.sqrt(columns / (START_VARIANCE * rank));
  const right = { axes: ['column', 'entry'], shape: [rank, columns], data: a.map((value) => scale * value) };
  const projected: FactorBlock[] = [];
  for (const { examples, places, x, d } of blocks) {
    const left = { axes: ['row', 'entry'], shape: [examples * places, columns], data: x };
    const { product } = await engine.run(gram, { left, right }, {}, { product: ['row', 'column'] });
    projected.push({ examples, places, d, x: required(product, 'projection of inputs').data });
  }
  return fullProducts(engine, projected, outputs);
}

/** Σ over all pairs of examples and outputs of ‖M‖² + tr M² + (κ − 3) Σ_j M_jj²: r times the mean squared distance. */
export async function projectionVariance(
  engine: Engine,
  blocks: readonly FactorBlock[],
  outputs: number,
): Promise<number> {
  const [first] = blocks;
  if (first === undefined) return 0;
  const columns = first.x.length / (first.examples * first.places);
  const places = Math.max(...blocks.map((block) => block.places));
  const size = Math.max(1, Math.floor(Math.sqrt(MOST_NUMBERS / (outputs ** 2 * places * Math.max(columns, places)))));
  const parts = blocks.flatMap((block) => inParts(block, size));
  let total = 0;
  for (const [r, c] of pairsOf(parts.length, 0)) {
    const feeds = {
      ...factors(required(parts[r], 'rows'), 0, outputs),
      ...factors(required(parts[c], 'columns'), 1, outputs),
    };
    const { variance } = await engine.run(variances, feeds);
    total += (r === c ? 1 : 2) * required(variance?.data[0], 'variance of a projection');
  }
  return total;
}

/** A block in parts of so many examples. */
function inParts({ examples, places, x, d }: FactorBlock, size: number): FactorBlock[] {
  const [ofX, ofD] = [x.length / examples, d.length / examples];
  return Array.from({ length: Math.ceil(examples / size) }, (_, k) => {
    const [from, to] = [k * size, Math.min(examples, (k + 1) * size)];
    const part = { x: x.subarray(from * ofX, to * ofX), d: d.subarray(from * ofD, to * ofD) };
    return { examples: to - from, places, ...part };
  });
}

function factors({ examples, places, x, d }: FactorBlock, side: 0 | 1, outputs: number) {
  const [row, output, place] = [`row${side}`, `output${side}`, `place${side}`];
  const [columns, rows] = [x.length / (examples * places), d.length / (examples * places * outputs)];
  return {
    [`x${side}`]: { axes: [row, place, 'column'], shape: [examples, places, columns], data: x },
    [`d${side}`]: { axes: [row, output, place, 'entry'], shape: [examples, outputs, places, rows], data: d },
  };
}

const variances = variancesProgram();

/** From the factors of two parts: with D = d dᵀ and Y = x xᵀ over pairs of places, M = Σ D_pq x_p x_qᵀ never stands in memory. */
function variancesProgram(): Program {
  const writer = new Writer('variance of a projection');
  for (const name of ['row0', 'row1', 'output0', 'output1', 'place0', 'place1', 'column', 'entry']) {
    writer.space({ name, kind: 'fixed', size: { symbol: name, ratio: 1 } });
  }
  const input = (name: string, axes: readonly string[]): Value =>
    writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, name);
  const [x0, x1] = [input('x0', ['row0', 'place0', 'column']), input('x1', ['row1', 'place1', 'column'])];
  const d0 = input('d0', ['row0', 'output0', 'place0', 'entry']);
  const d1 = input('d1', ['row1', 'output1', 'place1', 'entry']);
  const again = (value: Value, axis: string): Value => writer.rename(value, [[axis, `${axis}'`]]);
  const all = (value: Value): Value => writer.reduce('sum', value, value.type.axes);
  const product = (left: Value, right: Value): Value => writer.map(mul(argument(0), argument(1)), [left, right]);

  const both = writer.contract(d0, d1, ['entry']);
  // ‖M‖² = Σ D_pq D_p′q′ (x_p·x_p′)(x_q·x_q′).
  const own0 = writer.contract(x0, again(x0, 'place0'), ['column']);
  const own1 = writer.contract(x1, again(x1, 'place1'), ['column']);
  const left = writer.contract(both, own0, ['place0']);
  const right = writer.contract(both, own1, ['place1']);
  const turned = writer.rename(left, [["place0'", 'place0']]);
  const squares = all(product(turned, writer.rename(right, [["place1'", 'place1']])));
  // tr M² = Σ E_pp′ E_p′p with E = D Yᵀ.
  const across = writer.contract(again(x0, 'place0'), x1, ['column']);
  const e = writer.contract(both, across, ['place1']);
  const swapped = writer.rename(e, [
    ['place0', "place0'"],
    ["place0'", 'place0'],
  ]);
  const traces = all(product(e, swapped));
  // M_jj = Σ D_pq x_pj x_qj.
  const diagonal = writer.contract(writer.contract(both, x1, ['place1']), x0, ['place0']);
  const diagonals = all(writer.map(square(argument(0)), [diagonal]));
  const sum = writer.sum([squares, traces, writer.map(mul(KURTOSIS - 3, argument(0)), [diagonals])]);
  writer.output('variance', required(sum, 'sum of three'));
  return writer.finish();
}
