/** Training of a frozen network by hand: dense derivatives at the start, and rules as loops over numbers. */

import type { Net } from '../../../src/nets/index.ts';
import { at } from '../../../src/numeric/index.ts';
import { exponentsFor, type Parametrization, toNumber } from '../../../src/parametrizations/index.ts';
import {
  denseGradients,
  nodeOf,
  outputOf,
  reorder,
  reverse,
  type Sizes,
  type Tensor,
  type Tensors,
  tensor,
} from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { parametrizedNet } from '../../../src/training/options.ts';

/** A rule over one number and its own memory, which is empty at first. */
export type Rule = (gradient: number, memory: number[]) => number;

export interface Frozen {
  readonly net: Net;
  readonly parametrization: Parametrization;
  readonly rule: Rule;
  readonly rate: number;
  /** λ of (1 − λ) w, by parameter. */
  readonly decay?: number;
  readonly steps: number;
  readonly sizes: Sizes;
  readonly initial: Tensors;
  readonly data: Tensors;
  /** Outputs before training moves them, by step. */
  readonly start: (step: number) => Float64Array;
  /** The mean of (f − y)²/2 over the examples of a step, summed over all else. */
  readonly batch: (step: number) => readonly number[];
}

/** f [batch, …] before each step, row-major. */
export function frozenRun(frozen: Frozen): Float64Array[] {
  const { net, parametrization, rule, rate, decay = 0, steps, sizes, initial, data, start, batch } = frozen;
  const program = parametrizedNet(net, { parametrization });
  const top = nodeOf(program, outputOf(program, net.output).value);
  const [batchAxis, ...others] = top.type.axes;
  const copies = others.map((axis) => `${axis}''''`);
  const { shape } = data.target ?? { shape: [] };
  const examples = at(shape, 0);
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  const outputs = examples * width;
  const names = net.parameters.map(({ name }) => name);
  const reversed = reverse(program, { output: net.output, seed: [...others, ...copies], keep: [batchAxis ?? ''] });
  const gradients = denseGradients({ ...reversed, program: { ...reversed.program, outputs: [] } }, [batchAxis ?? '']);
  const target = (data.target as Tensor).data;
  const moved = new Map(names.map((name) => [name, new Float64Array(initial[name]?.data.length ?? 0)]));
  const memory = new Map(names.map((name) => [name, Array.from(initial[name]?.data ?? [], (): number[] => [])]));
  const found: Float64Array[] = [];
  for (let step = 0; step < steps; step++) {
    const shrunk = (1 - decay) ** step;
    const weights = Object.fromEntries(
      names.map((name) => {
        const { axes, shape: own, data: values } = initial[name] as Tensor;
        return [
          name,
          tensor(
            axes,
            own,
            Float64Array.from(values, (w) => shrunk * w),
          ),
        ];
      }),
    );
    // Derivatives of every output at every example, by the one-hot seeds of all outputs.
    const seed = tensor(
      [...others, ...copies],
      [...shape.slice(1), ...shape.slice(1)],
      Float64Array.from({ length: width * width }, (_, k) => (k % (width + 1) === 0 ? 1 : 0)),
    );
    const fed = { ...weights, x: data.x as Tensor, [`d.${net.output}`]: seed };
    const dense = interpret(gradients, fed, sizes);
    const derivative = new Map(
      names.flatMap((name) => {
        const one = dense[`g.${name}`];
        if (one === undefined) return [];
        const order = [batchAxis ?? '', ...copies, ...(initial[name] as Tensor).axes];
        return [[name, reorder(one, order).data] as const];
      }),
    );
    const f = Float64Array.from(start(step));
    for (const [name, slopes] of derivative) {
      const p = moved.get(name) as Float64Array;
      for (let o = 0; o < outputs; o++)
        for (let k = 0; k < p.length; k++) f[o] = at(f, o) + at(slopes, o * p.length + k) * at(p, k);
    }
    found.push(f);
    const chosen = new Set(batch(step));
    for (const { name, kind } of net.parameters) {
      const slopes = derivative.get(name);
      const p = moved.get(name) as Float64Array;
      const { c, d } = exponentsFor(parametrization, { name, kind });
      const n = sizes.n ?? 1;
      for (let k = 0; k < p.length; k++) {
        let gradient = 0;
        for (let o = 0; o < outputs; o++) {
          if (slopes === undefined || !chosen.has(Math.floor(o / width))) continue;
          gradient += ((at(f, o) - at(target, o)) / chosen.size) * at(slopes, o * p.length + k);
        }
        const own = (memory.get(name) as number[][])[k] as number[];
        const step_ = rate * n ** -toNumber(c) * rule(n ** toNumber(d) * gradient, own);
        p[k] = (1 - decay) * at(p, k) - step_;
      }
    }
  }
  return found;
}
