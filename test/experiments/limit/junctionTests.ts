/** What is asked of pre-training and fine-tuning: at small widths in the fast suite. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type JunctionCell, type JunctionProblem, junction } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { linearFit, mean } from '../../../src/numeric/index.ts';
import { MUP } from '../../../src/parametrizations/index.ts';
import { tensor } from '../../../src/program/index.ts';
import { TARGET, VECTORS } from './data.ts';

const engine = nodeEngine({ threads: 1 });

/** Features move in pre-training; then the outputs at three other inputs are to move by n^(−q) times the signal. */
export function junctionOf(rule: 'sgd' | 'signsgd', exponents: readonly number[]): JunctionProblem {
  const x = tensor(['batch', 'input'], [3, 2], [0.7, -0.4, -0.3, 1.2, -1, -0.6]);
  const signal = tensor(['batch'], [3], [1, -1, 1]);
  const data = { x: VECTORS, target: TARGET };
  return {
    ...{ net: mlp({ depth: 2, activation: 'tanh' }), parametrization: MUP, exponents },
    pretraining: { optimizer: 'sgd', settings: { learningRate: 0.3 }, data, steps: 5 },
    finetuning: { ...{ rule, signal, steps: 4 }, learningRate: rule === 'sgd' ? 0.2 : 0.05, data: { x } },
  };
}

/** What falls with the width, and how far the exponent may be from −q. */
const QUANTITIES = ['drift', 'linearization'] as const;
const BAND = 0.1;

/** The exponent in the width of a geometric mean over networks. */
function exponentOf(cells: readonly JunctionCell[], what: (typeof QUANTITIES)[number]): number {
  const widths = [...new Set(cells.map(({ width }) => width))];
  const logs = widths.map((width) =>
    mean(cells.filter((cell) => cell.width === width).map((cell) => Math.log(cell[what]))),
  );
  return linearFit(widths.map(Math.log), logs).slope;
}

interface Sizes {
  readonly rules: readonly JunctionProblem['finetuning']['rule'][];
  readonly exponents: readonly number[];
  readonly widths: readonly number[];
  readonly networks: number;
}

export function testJunction({ rules, exponents, widths, networks }: Sizes): void {
  afterAll(() => engine.release());

  describe.each(rules)('fine-tuning after pre-training, by %s', (rule) => {
    it('follows the kernel as far as the task is natural', async () => {
      const cells = await junction(junctionOf(rule, exponents), {
        ...{ widths, networks, stepper: nodeStepper(engine) },
        run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
      });
      expect(cells).toHaveLength(exponents.length * widths.length * networks);
      for (const q of exponents) {
        const own = cells.filter(({ exponent }) => exponent === q);
        for (const what of QUANTITIES)
          expect(Math.abs(exponentOf(own, what) + q), `${what} at q = ${q}`).toBeLessThan(BAND);
      }
      // Where the signal stays, the kernel moves at every width.
      for (const { exponent, drift } of cells) if (exponent === 0) expect(drift).toBeGreaterThan(0.05);
    });
  });
}
