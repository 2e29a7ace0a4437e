/** Whether the means that a program takes exist at infinite width. */

export { type Existence, existence, type Singularity } from './existence.ts';
export { type Probed, withProbes } from './probes.ts';
export { reachOf } from './reach.ts';
