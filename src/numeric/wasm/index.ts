/** WebAssembly SIMD assembled here: modules as bytes, memories, and formulas compiled to loops. */

export {
  type AssembledFunction,
  advance,
  type Code,
  get,
  type Lanes,
  laneCount,
  load,
  loadTwice,
  type ModuleParts,
  repeatWhileBelow,
  set,
  store,
  vector,
} from './assembler.ts';
export { type EntrywiseFormulas, EntrywiseKernel, type EntrywisePlace, paddedBytes } from './entrywise.ts';
export { allocate, compile, instantiate, type Memory, MOST_MEMORY_BYTES, PAGE_BYTES } from './machine.ts';
