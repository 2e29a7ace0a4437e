/** Training as programs: steps with state, losses. */

export { LOSSES, type LossName } from './loss.ts';
export { type StepOptions, trainingStep } from './step.ts';
