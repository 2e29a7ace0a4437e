import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/kernels/plan/fuse.ts';
import { isPlanned, Plan, type Planned, type Quantity } from '../../../src/kernels/plan/quantities.ts';
import { quantityProduct, Total } from '../../../src/kernels/plan/total.ts';
import { formula, productOf, root } from '../../../src/numeric/wasm/formulas/index.ts';

const [OF_INPUTS, OF_VALUES, OF_OUTPUTS] = [2, 3, 4];

function planned(quantity: Quantity): Planned {
  return isPlanned(quantity) ? quantity : expect.fail('a node');
}

/** w a + v b, w a where b is left out. */
function sum(plan: Plan, key: number, a: Quantity, b: Quantity = 0): Planned {
  const total = new Total(plan);
  total.add(a, 2);
  total.add(b, 3);
  return planned(total.value(key));
}

describe('nodes of one key', () => {
  it('are computed in one loop though one of them is read by nothing but a product, as a derivative is', () => {
    const plan = new Plan();
    const data = (place: number): Planned => plan.data('x', place);
    const covariance = sum(plan, OF_INPUTS, data(0));
    const tangent = sum(plan, OF_INPUTS, data(1), data(2));
    const mean = plan.formula('mean', ([uv]) => root(uv ?? formula(0)), [covariance], OF_VALUES);
    const slope = plan.formula('slope', ([uv]) => productOf(3, root(uv ?? formula(0))), [covariance], OF_VALUES);
    const product = planned(quantityProduct(plan, tangent, slope));
    const outputs = [sum(plan, OF_OUTPUTS, mean), sum(plan, OF_OUTPUTS, mean, product)];
    const { groups } = fuse(plan.nodes, outputs, plan.shapes);
    expect(groups.map(({ nodes }) => nodes)).toEqual([[covariance, tangent], [mean, product], outputs]);
  });
});
