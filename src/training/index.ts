/** Training as programs: steps with state, losses, the loop over them with evaluations and checkpoints. */

export type { Reduction } from './average.ts';
export { type BatchOptions, chosen, exampleCount, heldOut, inOrder, miniBatches } from './batches.ts';
export { checkData } from './checkData.ts';
export {
  type CheckpointStore,
  checkpointOf,
  type Reached,
  resumed,
  type StoredCheckpoint,
  type StoredTensor,
  stateOf,
  type TrainingIdentity,
} from './checkpoint.ts';
export { type Divergence, firstDivergence, type OperandThere, type SearchOptions } from './divergence.ts';
export { type Evaluation, type EvaluatorOptions, evaluationProgram, evaluator } from './evaluation.ts';
export { LOSSES, type Loss, type LossName, type OwnLoss } from './loss.ts';
export { parametrizedNet, type StepOptions, startName, type TrainedParameter } from './options.ts';
export type { Place } from './places.ts';
export {
  FORM_WORDS,
  RECIPE_FORMS,
  type Recipe,
  type RecipeForm,
  type RecipeOptions,
  type RecipeParameter,
  recipeMarkdown,
  recipeOf,
  recipeOptax,
  recipeTorch,
} from './recipe/index.ts';
export type { Evaluated, Trained, TrainResult } from './result.ts';
export { drawState, type MakeStepper } from './start.ts';
export { checkGradients, trainingStep } from './step.ts';
export { limitRegime, weightsDecay } from './tangent/conditions.ts';
export { faithfulParametrization } from './tangent/faithful.ts';
export { kernelStep } from './tangent/kernelStep.ts';
export { tangentStep } from './tangent/tangentStep.ts';
export { type ExamplesOf, type TrainOptions, train } from './train.ts';
