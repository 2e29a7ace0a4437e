/** What the CPU and a GPU are timed on: a product of matrices, a pass forward and backward, a kernel of the embedded model. */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { empiricalKernel, everyClass, loadLanguageModel } from '../../lm/index.ts';
import { checkpointFolder } from '../../lm/node/index.ts';
import { at, stream } from '../../numeric/index.ts';
import {
  build,
  cotangentName,
  denseGradients,
  fixed,
  gradientName,
  indexTensor,
  type Program,
  reverse,
  type Tensor,
  unary,
} from '../../program/index.ts';

/** Something to compute at several sizes. */
export interface BenchTask {
  readonly name: string;
  /** From the smallest on. */
  readonly sizes: readonly number[];
  readonly sizeText: (size: number) => string;
  /** In any unit. */
  readonly work: (size: number) => number;
  /** Most by which two devices of 32 bits may differ, relative to the largest number: sums of so many terms in another order. */
  readonly tolerance: (size: number) => number;
  run(engine: Engine, size: number): Promise<ArrayLike<number>>;
}

/** Of a number in f32. */
const ROUNDING = 2 ** -24;
/** Lines of the batch of the passes, and layers. */
const [LINES, LAYERS] = [256, 3];
const [TRAIN, TOKENS] = [4, 8];
/** Tokens of the embedded model's vocabulary, and of "great" and "terrible". */
const [FIRST_TOKEN, LAST_TOKEN] = [100, 4000];
const LABELS = [431, 4592];
/** Through four blocks, forward and backward, relative to the largest entry. */
const KERNEL_TOLERANCE = 1e-4;

const numbers = (name: string, shape: readonly [number, number], axes: readonly [string, string]): Tensor => {
  const normals = stream(1, name).normals(shape[0] * shape[1]);
  return { axes, shape, data: Float32Array.from(normals, (z) => z / Math.sqrt(shape[1])) };
};

/** All that is timed; `model` is the folder of the embedded one. */
export function benchTasks(model: string): readonly BenchTask[] {
  return [product(), passes(), kernelOfModel(model)];
}

function product(): BenchTask {
  const b = build('product', { row: fixed(), column: fixed(), entry: fixed() });
  b.output('product', b.contract(b.input('a', ['row', 'entry']), b.input('b', ['column', 'entry']), ['entry']));
  const program = b.finish();
  return {
    name: 'a product of matrices',
    sizes: [256, 512, 1024, 2048, 4096],
    sizeText: (side) => `${side} × ${side} with ${side} × ${side}`,
    work: (side) => side ** 3,
    tolerance: (side) => side * ROUNDING,
    run: async (engine, side) => {
      const feeds = {
        a: numbers('a', [side, side], ['row', 'entry']),
        b: numbers('b', [side, side], ['column', 'entry']),
      };
      return required((await engine.run(program, feeds)).product, 'product').data;
    },
  };
}

function passes(): BenchTask {
  const program = gradients();
  return {
    name: 'a pass forward and backward',
    sizes: [128, 256, 512, 1024, 2048],
    sizeText: (width) => `${LAYERS} layers of width ${width}, ${LINES} examples`,
    work: (width) => width ** 2,
    tolerance: (width) => 2 * LAYERS * Math.max(width, LINES) * ROUNDING,
    run: async (engine, width) => {
      const weights = Array.from({ length: LAYERS }, (_, k) => [
        `w${k}`,
        numbers(`w${k}`, [width, width], [`n${k + 1}`, `n${k}`]),
      ]);
      const found = await engine.run(program, {
        ...Object.fromEntries(weights),
        x: numbers('x', [LINES, width], ['line', 'n0']),
        [cotangentName('y')]: numbers('seed', [LINES, width], ['line', `n${LAYERS}`]),
      });
      return required(found[gradientName('w0')], 'gradient of the first layer').data;
    },
  };
}

/** Of a network of tanh, the gradients of all layers. */
function gradients(): Program {
  const names = Array.from({ length: LAYERS + 1 }, (_, k) => `n${k}`);
  const b = build('layers', Object.fromEntries([...names, 'line'].map((name) => [name, fixed()])));
  let value = b.input('x', ['line', `n${0 as number}`]);
  for (let k = 0; k < LAYERS; k++) {
    const layer = b.parameter(`w${k}`, [`n${k + 1}`, `n${k}`]);
    value = b.map([b.contract(layer, value, [`n${k}`])], (u) => unary('tanh', u));
  }
  b.output('y', value);
  return denseGradients(reverse(b.finish(), { output: 'y', seed: ['line', `n${LAYERS}`] }));
}

function kernelOfModel(folder: string): BenchTask {
  return {
    name: 'a kernel of the embedded model',
    sizes: [8, 16, 32, 64, 128],
    sizeText: (count) => `${count} examples of ${TOKENS} tokens, ${TRAIN} of them columns`,
    work: (count) => count,
    tolerance: () => KERNEL_TOLERANCE,
    run: async (engine, count) => {
      const model = await loadLanguageModel(checkpointFolder(folder), () => ({
        kind: 'words',
        classes: 2,
        untie: false,
      }));
      const tokens = stream(1, 'tokens').uniforms(count * TOKENS);
      const examples = Array.from({ length: count }, (_, k) => ({
        ids: Array.from({ length: TOKENS }, (_, t) => {
          return FIRST_TOKEN + Math.floor(at(tokens, k * TOKENS + t) * (LAST_TOKEN - FIRST_TOKEN));
        }),
        place: TOKENS - 1,
      }));
      const train = Array.from({ length: TRAIN }, (_, k) => k);
      const head = { labels: indexTensor(['class'], [2], LABELS) };
      return (await empiricalKernel({ engine, model, examples, train, head, outputs: everyClass(2) })).kernel;
    },
  };
}
