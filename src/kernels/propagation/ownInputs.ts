/** Covariances of every input with itself: numbers that values are made of, and variances of pairs. */

import { required } from '../../errors/index.ts';
import { isPlanned, Plan, type Planned, type Quantity } from '../plan/quantities.ts';
import { Runner } from '../plan/runner.ts';
import { schedule } from '../plan/schedule.ts';
import { Covariances, type Shared } from './covariances.ts';
import type { Entry } from './entry.ts';
import type { Numbers } from './numbers.ts';

export class OwnInputs {
  readonly covariances: Covariances;
  readonly #plan = new Plan();
  readonly #inputs: number;

  constructor(inputs: number, shared: Shared) {
    this.#inputs = inputs;
    this.covariances = new Covariances(this.#plan, shared);
  }

  /** E x y of each input. */
  mean(x: Entry, y: Entry): Numbers {
    return this.#numbers(this.covariances.mean(x, y));
  }

  /** Computes nodes, all at once. */
  compute(nodes: readonly Planned[]): void {
    const asked = nodes.filter(({ values }) => values === undefined);
    if (asked.length === 0) return;
    const runner = new Runner({ schedule: schedule(this.#plan, asked), inputs: this.#inputs, most: this.#inputs });
    const results = runner.run({ kind: 'diagonal', to: this.#inputs });
    asked.forEach((node, k) => {
      node.values = required(results[k], 'values of a node').slice();
    });
  }

  #numbers(quantity: Quantity): Numbers {
    if (!isPlanned(quantity)) return quantity;
    this.compute([quantity]);
    return required(quantity.values, 'values of a node');
  }
}
