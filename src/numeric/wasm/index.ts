/** WebAssembly SIMD assembled here: modules as bytes, memories, and formulas compiled to loops. */

export {
  type AssembledFunction,
  addWhole,
  advance,
  type Code,
  get,
  type Lanes,
  laneCount,
  load,
  loadAt,
  loadFirst,
  loadSecond,
  loadTwice,
  loadWhole,
  type ModuleParts,
  multiplyWhole,
  repeatWhileBelow,
  set,
  store,
  storeAt,
  storeNumber,
  sumOfLanes,
  vector,
  whole,
} from './assembler.ts';
export { type EntrywiseFormulas, EntrywiseKernel, type EntrywisePlace, paddedBytes } from './entrywise.ts';
export {
  allocate,
  allocateShared,
  compile,
  instantiate,
  type Memory,
  MOST_MEMORY_BYTES,
  type Module,
  PAGE_BYTES,
  type SharedMemory,
} from './machine.ts';
