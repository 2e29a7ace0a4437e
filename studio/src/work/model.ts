/** What the worker of the embedded language model does. */

import type { Explanation } from 'nexort/lm';
import type { Loading } from './embedded.ts';
import type { ExplainJob } from './explain.ts';
import type { SentencesJobs } from './sentences.ts';

/** With the address of the model, which ends in `/`. */
export type ExplainAt = ExplainJob & { readonly folder: string };

export type ModelJobs = SentencesJobs & {
  /** Seconds. */
  readonly forecast: { readonly given: ExplainAt; readonly part: Loading; readonly gives: number };
  readonly explain: { readonly given: ExplainAt; readonly part: Loading; readonly gives: Explanation };
};
