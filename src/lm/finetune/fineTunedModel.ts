/** What stands beside the files of a fine-tuned model: the task that it answers, and how. */

import type { Task } from '../data/tasks.ts';
import type { Setting } from '../run/setting.ts';
import type { DevScore } from './devScores.ts';

/** The file that it is written to. */
export const FINE_TUNED = 'nexort.json';

/** What stands beside a fine-tuned model's files: the task that it answers, and how it was trained. */
export interface FineTunedModel {
  readonly format: typeof FINE_TUNED_FORMAT;
  /** Version of nexort. */
  readonly nexort: string;
  readonly task: Task;
  readonly setting: Setting;
  /** Whether the decoder was trained apart from the word embeddings. */
  readonly untie: boolean;
  /** The draw that it was trained on. */
  readonly seed: number;
  readonly optimizer: string;
  readonly rate: number;
  readonly batch: number;
  /** On dev, of the state that was kept. */
  readonly best: DevScore;
}

/** What the file beside a fine-tuned model says of its own format. */
export const FINE_TUNED_FORMAT = 'nexort-finetuned 1';
