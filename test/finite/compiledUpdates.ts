/** Update programs as the finite engine splits them, their kernels in f64 and their graph in the oracle. */

import { atSizes, partition } from '../../src/finite/partition.ts';
import { allocate, EntrywiseKernel, paddedBytes } from '../../src/numeric/wasm/index.ts';
import { bind, entries, evaluate, type Program, shapeOf, simplify, type Tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import type { State } from '../optimizers/support.ts';

/** One step of a program by its parts: the next state. */
export function compiledSteps(original: Program): (state: State, data: State) => State {
  const program = simplify({ ...original, outputs: original.outputs.filter(({ role }) => role === 'state') });
  const sizes = bind(program, {});
  const parts = partition(program);
  const kernels = parts.kernels.map((kernel) => {
    const count = entries(shapeOf(kernel.axes, sizes));
    const bytes = paddedBytes(count, 'f64');
    const arrays = kernel.streams.length + kernel.results.length;
    const memory = allocate(arrays * bytes);
    const view = (k: number) => new Float64Array(memory.buffer, k * bytes, count);
    const first = kernel.streams.length;
    const run = new EntrywiseKernel(atSizes(kernel.formulas, sizes), 'f64').over(memory, {
      streams: kernel.streams.map((_, k) => k * bytes),
      results: kernel.results.map((_, k) => (first + k) * bytes),
      entries: count,
    });
    return { ...kernel, view, run };
  });
  return (state, data) => {
    const given: State = { ...state, ...data };
    const graph = interpret(parts.graph, given);
    const numbers = new Map<string, number>();
    const number = (name: string): number => numbers.get(name) ?? Number.NaN;
    for (const { name, reads, expr } of parts.numbers) {
      const computed = expr === undefined ? undefined : evaluate(expr, sizes)(reads.map(number));
      numbers.set(name, computed ?? given[name]?.data[0] ?? Number.NaN);
    }
    for (const [value, output] of Object.entries(parts.graphNumbers)) {
      numbers.set(value, graph[output]?.data[0] ?? Number.NaN);
    }
    const next: Record<string, Tensor<Float64Array>> = { ...state };
    for (const { axes, streams, results, numbers: read, view, run } of kernels) {
      streams.forEach(({ kind, name }, k) => {
        const source = kind === 'graph' ? graph[name] : given[name];
        view(k).set(source?.data ?? []);
      });
      run(read.map(number));
      results.forEach((name, k) => {
        next[name] = { axes, shape: shapeOf(axes, sizes), data: view(streams.length + k).slice() };
      });
    }
    for (const [name, value] of Object.entries(parts.numberStates)) {
      next[name] = { axes: [], shape: [], data: Float64Array.of(number(value)) };
    }
    for (const [name, output] of Object.entries(parts.graphStates)) {
      const found = graph[output];
      if (found !== undefined) next[name] = found;
    }
    return next;
  };
}
