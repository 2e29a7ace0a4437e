/** What the rooms' messages are made with. */

export { counted } from './counted.ts';
export { meantHyperparameter } from './elsewhere.ts';
export { type WideEncoding, wideEncoding } from './encoding.ts';
export { gigabytes } from './gigabytes.ts';
export { enough, tooLittle } from './memorySizes.ts';
export { likely, nearNames } from './nearNames.ts';
export { nestingProblem } from './nesting.ts';
export { shown } from './shown.ts';
export { tooLarge } from './tooLarge.ts';
