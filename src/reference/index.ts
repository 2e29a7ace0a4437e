/** The oracle: any program in plain f64. */

export { evaluateAll, interpret } from './interpret.ts';
