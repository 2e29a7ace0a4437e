/** What is kept of a fine-tuning: the trained parameters at the best evaluation, and checkpoints without the frozen ones. */

import { required } from '../../errors/index.ts';
import type { Tensor, Tensors } from '../../program/index.ts';
import type { CheckpointStore, StoredTensor } from '../../training/index.ts';
import type { Weights } from '../model/checkpoint.ts';
import { type DevScore, devScore, isBetter } from './devScores.ts';
import { storedWeights, weightsIn } from './storedWeights.ts';

interface Kept {
  readonly score: DevScore;
  readonly weights: Tensors;
}

/**
 * The best state so far of those after a step, in memory, and in a store where there is one. Without dev examples it is the
 * last.
 *
 * The store is written before a checkpoint. What goes on from an earlier one comes by the same states, and writes the same
 * bytes again.
 */
export class BestState {
  readonly #store: CheckpointStore | undefined;
  #score: DevScore | undefined;
  #weights: Tensors | undefined;
  #isStored = false;

  constructor(store: CheckpointStore | undefined) {
    this.#store = store;
  }

  /** Takes up the evaluations of a checkpoint that training goes on from. */
  reached(evaluations: readonly DevScore[]): void {
    for (const score of evaluations) if (this.#isNew(score)) this.#score = score;
    this.#isStored = true;
  }

  see(score: DevScore, weights: Tensors): void {
    if (!this.#isNew(score)) return;
    this.#score = score;
    this.#weights = weights;
    this.#isStored = false;
  }

  /** Writes it, unless the store has it. */
  async save(): Promise<void> {
    if (this.#isStored || this.#weights === undefined) return;
    await this.#store?.write(storedWeights(this.#weights, { score: JSON.stringify(this.#score) }));
    this.#isStored = true;
  }

  /** The best state; there is one as soon as there has been an evaluation. */
  async kept(): Promise<Kept> {
    const score = required(this.#score, 'evaluation of a training');
    if (this.#weights !== undefined) return { score, weights: this.#weights };
    const stored = required(await this.#store?.read(), 'best state of a training that goes on');
    return { score, weights: weightsIn(stored) };
  }

  #isNew(score: DevScore): boolean {
    // The model as it was is no result of training.
    return this.#score === undefined || this.#score.step === 0 || score.score === null || isBetter(score, this.#score);
  }
}

export interface SparingOptions {
  /** The parameters that are trained. */
  readonly names: ReadonlySet<string>;
  /** All parameters at the start. */
  readonly initial: Weights;
  readonly best: BestState;
  /** Least seconds between checkpoints. */
  readonly seconds: number;
}

/** A store of checkpoints now and then, with the best state beside each, and no parameters that stay what they are. */
export function sparing(store: CheckpointStore, { names, initial, best, seconds }: SparingOptions): CheckpointStore {
  const frozen = Object.entries(initial).filter(([name]) => !names.has(name));
  const isFrozen = new Set(frozen.map(([name]) => name));
  let last = performance.now();
  return {
    name: store.name,
    read: async () => {
      const stored = await store.read();
      if (stored === undefined) return undefined;
      // As `checkpointOf` wrote them.
      const evaluations = JSON.parse(stored.metadata.evaluations ?? '[]') as Parameters<typeof devScore>[0][];
      best.reached(evaluations.map(devScore));
      const tensors = { ...stored.tensors, ...Object.fromEntries(frozen.map(([name, one]) => [name, storedOf(one)])) };
      return { ...stored, tensors };
    },
    write: async ({ tensors, metadata }) => {
      if (performance.now() - last < 1000 * seconds) return;
      await best.save();
      const own = Object.entries(tensors).filter(([name]) => !isFrozen.has(name));
      await store.write({ tensors: Object.fromEntries(own), metadata });
      last = performance.now();
    },
  };
}

const storedOf = ({ shape, data }: Tensor): StoredTensor => ({ shape, data });
