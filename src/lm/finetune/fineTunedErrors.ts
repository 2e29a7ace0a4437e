/** Words of the errors of fine-tuned models and of runs that make them. */

import { UserError } from '../../errors/index.ts';
import { list } from '../wording.ts';

/** What stands beside a fine-tuned model does not say what it answers. */
export function badFineTuned(file: string, problem: string): UserError {
  return new UserError(
    'lm.bad-fine-tuned',
    `${file} ${problem}; expected what nexort finetune writes beside a model. Save the model again, or get the file again.`,
    { file, problem },
  );
}

/** A run of fine-tunings was stopped, or another process is at work on it. */
export function unfinishedFineTuning(folder: string, started: string): UserError {
  return new UserError(
    'lm.unfinished-fine-tuning',
    `The run of nexort finetune in '${folder}', begun ${started}, is not finished. If it is at work now, wait. If it was stopped, start the same command again, which goes on where it was.`,
    { folder, started },
  );
}

/** A run of fine-tunings has saved no model, or not that of this draw. */
export function noSavedModel(folder: string, seed: number | undefined, saved: readonly number[]): UserError {
  const [given, there] =
    saved.length === 0
      ? ['no model', 'it was told --save none']
      : [`no model of draw ${seed}`, `it has ${list(saved.map(String))}`];
  return new UserError(
    'lm.no-saved-model',
    `The run in '${folder}' has saved ${given}; ${there}. Start its command again with --save all and another folder (--out).`,
    { folder, seed, saved },
  );
}
