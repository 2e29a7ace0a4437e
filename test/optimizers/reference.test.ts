import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { updateProgram } from '../../src/optimizers/index.ts';
import { type Program, tensor } from '../../src/program/index.ts';
import { compiledSteps } from '../finite/compiledUpdates.ts';
import { expectClose } from '../program/support.ts';
import { describeWithShared } from '../support/shared.ts';
import { advance, initialState, type State, sized } from './support.ts';
import { flat, fromTorch, type GradientRun, readReference, type TorchRun } from './torch.ts';

/** Ten steps of a few dozen operations on numbers of order 1 to 10, in f64. */
const TOLERANCE = 1e-12;

describeWithShared('optimizers follow their libraries step by step', 'reference/optim', (folder) => {
  const names = readdirSync(folder)
    .filter((file) => /^[^_].*\.json$/.test(file))
    .map((file) => file.replace(/\.json$/, ''));

  test('there are runs to follow', () => expect(names.length).toBeGreaterThan(30));

  const interpreters = {
    'in the oracle': (program: Program) => (state: State, data: State) => advance(program, state, data),
    'compiled to SIMD of f64': compiledSteps,
  };

  describe.each(Object.entries(interpreters))('%s', (_, interpreter) =>
    test.each(names)('%s', (name) => {
      const run = readReference<GradientRun>(folder, name);
      const { optimizer, settings } = fromTorch(run);
      const shapes = [
        { axes: ['a'], shape: [3], spaces: [sized('a', 3)] },
        { axes: ['b', 'c'], shape: [2, 2], spaces: [sized('b', 2), sized('c', 2)] },
      ];
      shapes.forEach(({ axes, shape, spaces }, k) => {
        const program = updateProgram(optimizer, { axes, spaces }, { settings });
        const advanced = interpreter(program);
        let state = initialState(program, { weight: tensor(axes, shape, flat(run.initial[k] ?? [])) });
        run.gradients.forEach((gradient, step) => {
          state = advanced(state, { gradient: tensor(axes, shape, flat(gradient[k] ?? [])) });
          const expected = flat(run.params_after_step[step]?.[k] ?? []);
          expect(expected).toHaveLength(shape.reduce((total, size) => total * size, 1));
          expectClose(state.weight?.data ?? [], expected, TOLERANCE, `step ${step + 1}`);
        });
      });
    }),
  );

  describe('on a least-squares problem', () => {
    interface Problem {
      readonly A: readonly (readonly number[])[];
      readonly b: readonly number[];
      readonly p0: readonly number[];
      readonly runs: Readonly<
        Record<string, TorchRun & { params_after_step: readonly (readonly number[])[]; loss: readonly number[] }>
      >;
    }
    const { A, b, p0, runs } = readReference<Problem>(folder, '_least_squares');
    const residuals = (p: ArrayLike<number>): number[] =>
      A.map((row, i) => row.reduce((sum, a, j) => sum + a * (p[j] ?? 0), -(b[i] ?? 0)));
    const gradient = (p: ArrayLike<number>): number[] => {
      const r = residuals(p);
      return p0.map((_, j) => A.reduce((sum, row, i) => sum + (row[j] ?? 0) * (r[i] ?? 0), 0));
    };

    test.each(Object.keys(runs))('%s', (name) => {
      const run = runs[name];
      if (run === undefined) throw new Error(name);
      const { optimizer, settings } = fromTorch(run);
      const program = updateProgram(optimizer, { axes: ['a'], spaces: [sized('a', p0.length)] }, { settings });
      let state: State = initialState(program, { weight: tensor(['a'], [p0.length], p0) });
      run.params_after_step.forEach((expected, step) => {
        const data = { gradient: tensor(['a'], [p0.length], gradient(state.weight?.data ?? [])) };
        state = advance(program, state, data);
        expectClose(state.weight?.data ?? [], expected, TOLERANCE, `step ${step + 1}`);
      });
    });
  });
});
