/** Estimates of limits on all cores. */

export { type ScramblingThreads, scramblingThreads } from './scramblingThreads.ts';
