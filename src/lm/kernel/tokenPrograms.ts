/**
 * Programs of a linear function of gradients of a matrix, by the places where an evaluated example uses it.
 *
 * With coefficients c of training gradients g, W = Σ c g (or Σ c sign g), and the function at an example is ⟨W, Σ_p d_p ⊗ x_p⟩:
 * place p has d_pᵀ W x_p of it.
 */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { argument, entries, indexTensor, type Tensor, type Tensors, unary, Writer } from '../../program/index.ts';
import { OUTPUT } from './kernelPrograms.ts';
import { type FactorBlock, matrixSize } from './productBlocks.ts';
import { type ProductProgram, realInput, symbolSpace } from './productPrograms.ts';

/** Numbers of gradients that are written out at a time, to take their signs. */
const WRITTEN = 2 ** 22;

/** W [rows × columns] of one block of training examples; `coefficients` are [examples · outputs]. */
export async function weightOf(
  engine: Engine,
  block: FactorBlock,
  coefficients: Float32Array,
  signs: boolean,
): Promise<Float32Array> {
  const { examples, places, x, d } = block;
  const outputs = coefficients.length / examples;
  const { rows, columns } = matrixSize([block], outputs);
  const common = {
    c: { axes: ['row', OUTPUT], shape: [examples, outputs], data: coefficients },
    x: { axes: ['row', 'place', 'column'], shape: [examples, places, columns], data: x },
  };
  if (!signs) {
    const cotangent = { axes: ['row', OUTPUT, 'place', 'entry'], shape: [examples, outputs, places, rows], data: d };
    return weightData(await engine.run(PLAIN.program, { ...common, d: cotangent }, {}, PLAIN.orders), rows * columns);
  }
  const strip = stripOf(rows, WRITTEN / (examples * outputs * columns));
  const axes = ['row', OUTPUT, 'place', 'tile', 'strip'];
  const cotangent = { axes, shape: [examples, outputs, places, rows / strip, strip], data: d };
  const weight = new Float32Array(rows * columns);
  for (let tile = 0; tile < rows / strip; tile++) {
    const feeds = { ...common, d: cotangent, at: indexTensor([], [], [tile]) };
    const part = await engine.run(SIGNS.program, feeds, {}, SIGNS.orders);
    weight.set(weightData(part, strip * columns), tile * strip * columns);
  }
  return weight;
}

/** The function's shares [examples × outputs × places] of a block of evaluated examples. */
export async function placeShares(
  engine: Engine,
  weight: Float32Array,
  block: FactorBlock,
  outputs: number,
): Promise<Float32Array> {
  const { examples, places, x, d } = block;
  const { rows, columns } = matrixSize([block], outputs);
  const feeds: Tensors = {
    w: { axes: ['entry', 'column'], shape: [rows, columns], data: weight },
    x: { axes: ['row', 'place', 'column'], shape: [examples, places, columns], data: x },
    d: { axes: ['row', OUTPUT, 'place', 'entry'], shape: [examples, outputs, places, rows], data: d },
  };
  const { shares } = await engine.run(SHARES.program, feeds, {}, SHARES.orders);
  return floatsOf(shares, examples * outputs * places);
}

const weightData = ({ weight }: Tensors, size: number): Float32Array => floatsOf(weight, size);

function floatsOf(found: Tensor | undefined, size: number): Float32Array {
  const data = found?.data;
  const fits = found !== undefined && entries(found.shape) === size && data instanceof Float32Array;
  return required(fits ? data : undefined, `result of ${size} numbers`);
}

/** The largest divisor of the rows that is no larger than asked. */
function stripOf(rows: number, most: number): number {
  let strip = Math.max(1, Math.min(rows, Math.floor(most)));
  while (rows % strip !== 0) strip--;
  return strip;
}

const PLAIN = plainWeight();
const SIGNS = signWeight();
const SHARES = sharesProgram();

function plainWeight(): ProductProgram {
  const writer = new Writer('weighted sum of gradients');
  for (const name of ['row', OUTPUT, 'place', 'entry', 'column']) symbolSpace(writer, name);
  const c = realInput(writer, 'c', ['row', OUTPUT]);
  const x = realInput(writer, 'x', ['row', 'place', 'column']);
  const d = realInput(writer, 'd', ['row', OUTPUT, 'place', 'entry']);
  writer.output('weight', writer.contract(writer.contract(d, c, [OUTPUT]), x, ['row', 'place']));
  return { program: writer.finish(), orders: { weight: ['entry', 'column'] } };
}

function signWeight(): ProductProgram {
  const writer = new Writer('weighted sum of signs of gradients');
  for (const name of ['row', OUTPUT, 'place', 'tile', 'strip', 'column']) symbolSpace(writer, name);
  const at = writer.write({ op: 'input', role: 'data', type: { kind: 'index', of: 'tile', axes: [] } }, 'at');
  const c = realInput(writer, 'c', ['row', OUTPUT]);
  const x = realInput(writer, 'x', ['row', 'place', 'column']);
  const d = realInput(writer, 'd', ['row', OUTPUT, 'place', 'tile', 'strip']);
  const slice = writer.write({ op: 'gather', table: d.name, index: at.name, axis: 'tile' });
  const signs = writer.map(unary('sign', argument(0)), [writer.contract(slice, x, ['place'])]);
  writer.output('weight', writer.contract(signs, c, ['row', OUTPUT]));
  return { program: writer.finish(), orders: { weight: ['strip', 'column'] } };
}

function sharesProgram(): ProductProgram {
  const writer = new Writer('a function of gradients by place');
  for (const name of ['row', OUTPUT, 'place', 'entry', 'column']) symbolSpace(writer, name);
  const w = realInput(writer, 'w', ['entry', 'column']);
  const x = realInput(writer, 'x', ['row', 'place', 'column']);
  const d = realInput(writer, 'd', ['row', OUTPUT, 'place', 'entry']);
  writer.output('shares', writer.contract(d, writer.contract(w, x, ['column']), ['entry']));
  return { program: writer.finish(), orders: { shares: ['row', OUTPUT, 'place'] } };
}
