/** What the section of typed sentences holds. */

import { computed, signal } from '@preact/signals';
import type { Explanation } from 'nexort/lm';
import type { DrawKernel } from '../runs/kernels.ts';
import type { ModelJobs } from '../work/model.ts';
import { GIVEN_UP, type Pool, type Running, WorkError } from '../work/pool.ts';
import type { SentencesPart, SentencesResult } from '../work/sentences.ts';
import { readSentences, type Sentence } from './read.ts';

const START = `+ a joy to watch
+ warm, funny and wise
- dull and far too long
- a waste of two hours
? not a joy to watch
? I would see it again`;

/** A kernel of sentences, as those of runs, with reasons by row. */
export interface LiveKernel {
  readonly kernel: DrawKernel;
  readonly zeroShot: readonly string[];
  readonly explanations: ReadonlyMap<number, Explanation>;
}

export class SentencesSession {
  readonly text = signal(START);
  readonly read = computed(() => readSentences(this.text.value));
  readonly progress = signal<SentencesPart | undefined>(undefined);
  readonly failure = signal<string | undefined>(undefined);
  readonly found = signal<LiveKernel | undefined>(undefined);
  readonly row = signal<number | undefined>(undefined);
  readonly #pool: Pool<ModelJobs>;
  readonly #folder: string;
  #running: Running<unknown> | undefined;

  constructor(pool: Pool<ModelJobs>, folder: string) {
    this.#pool = pool;
    this.#folder = folder;
  }

  async compute(): Promise<void> {
    const { value: sentences } = this.read;
    if (typeof sentences === 'string') return;
    this.cancel();
    this.failure.value = undefined;
    this.progress.value = { words: 'Starting', share: 0 };
    const running = this.#pool.run('kernel', { sentences, folder: this.#folder }, (part) => {
      this.progress.value = part;
    });
    this.#running = running;
    try {
      this.found.value = liveKernel(sentences, await running.result);
      const first = sentences.findIndex(({ label }) => label === undefined);
      this.row.value = first < 0 ? undefined : first;
      this.progress.value = undefined;
    } catch (error) {
      if (error instanceof WorkError && error.code === GIVEN_UP) return;
      this.progress.value = undefined;
      this.failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  cancel(): void {
    this.#running?.giveUp();
    this.#running = undefined;
    this.progress.value = undefined;
  }
}

export function liveKernel(
  sentences: readonly Sentence[],
  { kernel, labels, initial, zeroShot, explanations }: SentencesResult,
): LiveKernel {
  const columns = sentences.filter(({ label }) => label !== undefined).length;
  return {
    kernel: {
      ...{ name: 'sgd', kind: 'sgd', seed: 0, outputs: 1, rows: sentences.length, columns, entries: kernel, initial },
      labels: sentences.map(({ label }) => (label === undefined ? '?' : (labels[label] ?? '?'))),
      texts: sentences.map(({ text }) => text),
      roles: sentences.map(({ label }) => (label === undefined ? 'test' : 'train')),
    },
    zeroShot,
    explanations: new Map(explanations.map((one, k) => [columns + k, one])),
  };
}
