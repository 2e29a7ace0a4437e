/**
 * Run folders: long computations that survive interruption, and the files of their results.
 *
 * ```
 * RUN/run.json                    identity, plan, status, result, with a checksum
 * RUN/lock/PID-TOKEN.json         the process at work, if there is one
 * RUN/blocks/kernel/0.block       a finished part of the computation, with a checksum
 * RUN/kernels.npz, report.html …  results
 * RUN/work/…                      what workers share that compute the run together (work/names.ts)
 * RUN/….nexort-TOKEN             unfinished files, swept away at the next start
 * ```
 *
 * What the files of arrays hold is read and written by `runs/tensors`, which needs no Node.
 */

export { type Parts, writeAtomically } from './atomicWrite.ts';
export type { BlockStore } from './blockStore.ts';
export { type FileSystem, type FolderEntry, type NewFile, nodeFiles, openToRead } from './files.ts';
export type { Json, JsonObject } from './jsonTypes.ts';
export { type Lock, takeLock } from './lock.ts';
export { type MatrixFormat, type MatrixRows, matrixFile, matrixFormat } from './matrixFile.ts';
export { machineOrigin, type Origin } from './origin.ts';
export { peakMemory } from './peakMemory.ts';
export { expectRoom } from './room.ts';
export { type OpenOptions, openRun, type RunFolder, readRun, type StoredRun } from './runFolder.ts';
export { type StoredTensors, type TensorFile, tensorFile } from './tensorFile.ts';
export { openWork, readCommand, type WorkCommand } from './work/command.ts';
export type { Others, WorkJob, WorkShare, WorkUnit } from './work/job.ts';
export { type JoinedRun, joinRun } from './work/joinRun.ts';
export type { PullResult } from './work/pull.ts';
export { beatSecondsOf, type WorkStatus, workStatus } from './work/status.ts';
export { type WorkerOptions, type WorkerPlace, work } from './work/worker.ts';
