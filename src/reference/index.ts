/** The oracle: any program in plain f64. */

export { evaluateAll, interpret } from './interpret.ts';
export { oracle } from './oracle.ts';
