/** Wording of the errors of `nexort recipe`. */

import { UserError } from '../../errors/index.ts';
import { likely } from '../../errors/wording/index.ts';

/** One of a list, of another name. */
export function unknownRecipeChoice(option: string, given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError('cli.recipe-choice', `${option} is "${given}", expected one of ${known.join(', ')}.${meant}`, {
    option,
    given,
    known,
  });
}

/** A file that cannot be written. */
export function unwritableRecipe(path: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    'cli.unwritable-recipe',
    `The recipe '${path}' cannot be written: ${reason}. Give another file with --out.`,
    { path },
  );
}

/** A model, whose width says nothing without one to compare it with. */
export function modelWithoutBaseWidth(): UserError {
  return new UserError(
    'cli.recipe-base-width',
    '--model has no --base-width; expected the hidden size of the smaller model on which the learning rate was tuned, such as --base-width 256.',
    {},
  );
}
