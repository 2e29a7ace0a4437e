/** What a run of the kernel regime keeps in its folder: measured draws, and the trainings of the one at work. */

import type { BlockStore } from '../../../runs/index.ts';
import type { MeasuredDraw, TrainingStores, WatchedStep } from '../../regime/measureDraw.ts';
import { tensorBlock } from '../finetune/pointStore.ts';

type Blocks = Pick<BlockStore, 'has' | 'read' | 'write' | 'remove'>;

const MEASURED = 'measured';
const ofDraw = (seed: number, optimizer: number): string => `draw-${seed}/optimizer-${optimizer + 1}`;

/** The block of a draw that has been measured. */
export const measuredBlock = (seed: number, optimizer: number): string => `${ofDraw(seed, optimizer)}/${MEASURED}`;

/** Whether a block is of a draw that is being measured. */
export const isOfMeasuring = (block: string): boolean => /\/(checkpoint|last|watched)$/.test(block);

const TRAININGS = ['model', 'linear'] as const;

/** The blocks of one draw of one optimizer, by its place among them. */
export class DrawBlocks {
  readonly #blocks: Blocks;
  readonly #name: (block: string) => string;

  constructor(blocks: Blocks, seed: number, optimizer: number) {
    this.#blocks = blocks;
    this.#name = (block) => `${ofDraw(seed, optimizer)}/${block}`;
  }

  /** The draw, where it has been measured. */
  measured(): Promise<MeasuredDraw | undefined> {
    return this.#readJson<MeasuredDraw>(MEASURED);
  }

  /** Keeps the measured draw, and nothing of how it came about. */
  async finish(draw: MeasuredDraw): Promise<void> {
    await this.#writeJson(MEASURED, draw);
    for (const training of TRAININGS) {
      for (const part of ['checkpoint', 'last']) await this.#blocks.remove(this.#name(`${training}/${part}`));
    }
    await this.#blocks.remove(this.#name('watched'));
  }

  /** Where trainings go on from: checkpoints after so many steps each, but no sooner after another than these seconds. */
  stores(every: number, seconds: number): TrainingStores {
    return {
      every,
      checkpoint: (training) => {
        const last = this.#name(`${training}/last`);
        const store = tensorBlock(this.#blocks, this.#name(`${training}/checkpoint`));
        return {
          seconds,
          best: tensorBlock(this.#blocks, last),
          // Its weights are the result: a training whose last ones are gone begins anew.
          store: Object.assign({}, store, {
            read: async () => ((await this.#blocks.has(last)) ? store.read() : undefined),
          }),
        };
      },
      readWatched: async () => (await this.#readJson<readonly WatchedStep[]>('watched')) ?? [],
      writeWatched: (watched) => this.#writeJson('watched', watched),
    };
  }

  async #readJson<T>(block: string): Promise<T | undefined> {
    const bytes = await this.#blocks.read(this.#name(block));
    // As `#writeJson` wrote it; the folder checks it against damage.
    return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as T);
  }

  #writeJson(block: string, value: unknown): Promise<void> {
    return this.#blocks.write(this.#name(block), [new TextEncoder().encode(JSON.stringify(value))]);
  }
}
