/** Covariances of every input with itself: numbers that values are made of, and variances of pairs. */

import { Plan } from '../plan/quantities.ts';
import { Covariances, type Shared } from './covariances.ts';
import type { Entry } from './entry.ts';
import type { Numbers } from './numbers.ts';

export class OwnInputs {
  readonly plan = new Plan();
  readonly covariances: Covariances;

  constructor(shared: Shared) {
    this.covariances = new Covariances(this.plan, shared);
  }

  /** E x y of each input. */
  mean(x: Entry, y: Entry): Numbers {
    return this.covariances.mean(x, y);
  }
}
