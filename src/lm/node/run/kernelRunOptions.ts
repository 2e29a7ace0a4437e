/** What a kernel run is told, and what it tells. */

import type { Engine } from '../../../finite/index.ts';
import type { Team } from '../../../numeric/wasm/index.ts';
import type { FileSystem } from '../../../runs/index.ts';
import type { KernelKind } from '../../kernel/kernelKinds.ts';
import type { LoraRequest } from '../../lora/loraRequest.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import type { SolverRequest } from '../../run/kernelScores.ts';
import type { DrawKernels } from './kernelParts.ts';
import type { FitsByKernel, KernelRunResult } from './kernelRecord.ts';
import type { KernelInputOptions } from './readInputs.ts';

/** What a kernel run computes and solves, within which memory, and where it writes. */
export interface KernelRunOptions extends KernelInputOptions {
  /** The run folder. */
  readonly out: string;
  /** Version of nexort, part of what the folder belongs to. */
  readonly version: string;
  /** Name and version of what computes, part of what the folder belongs to: another one rounds differently. */
  readonly runtime: string;
  /** Makes the engine for so many threads. */
  readonly engine: (threads: number) => Engine;
  readonly threads: number;
  /** Most bytes of the process. */
  readonly memory: number;
  /** For how many workers the run is planned, if it is for more than one process. */
  readonly workers?: number;
  /** Whether a run that was planned for more at its first start is refused: what is free by chance should not decide. */
  readonly strictMemory?: boolean;
  /** A choice of parameters (selection.ts). */
  readonly parameters: string;
  /** Whether the decoder counts as a parameter of its own. */
  readonly untie: boolean;
  /** Changes of low rank beside the weights; none if absent. */
  readonly lora?: LoraRequest;
  readonly solver: SolverRequest;
  /** Which kernels, default that of SGD; those that the folder has already are kept. */
  readonly kernels?: readonly KernelKind[];
  /** A safetensors file of second moments by parameter; the kernel of Adam is refused without. */
  readonly secondMoments?: string;
  /** Added to their roots; default 1e-8. */
  readonly epsilon?: number;
  /** Threads that count signs together; by default one. */
  readonly team?: Team;
  /** Makes `report.html` from what the run found. */
  readonly report?: (findings: KernelFindings) => Promise<string>;
  /** The file system of the run folder. */
  readonly files?: FileSystem;
  /** Called before the work starts. */
  readonly onForecast?: (forecast: Forecast) => void;
  /** Called with the share of the work done. */
  readonly onProgress?: (share: number) => void;
  /** Called with what the user may want to know, such as a damaged block. */
  readonly onNotice?: (text: string) => void;
}

/** What a kernel run will take, told before its work. */
export interface Forecast {
  /** The process at its fullest. */
  readonly bytes: number;
  /** Of a run from the start. */
  readonly seconds: number;
  /** Of these, for the kernel signed on the evaluated side, which asymmetric machines look at; absent where it is not computed. */
  readonly secondKernel?: number;
  /** Whether the folder holds a part of the run already. */
  readonly resumed: boolean;
}

/** All that a report is made of. */
export interface KernelFindings {
  readonly result: KernelRunResult;
  readonly inputs: KernelInputs;
  /** By draw. */
  readonly found: readonly DrawKernels[];
  /** By kernel, in the order of {@link KernelRunResult.kernels}. */
  readonly fits: FitsByKernel;
}

/** What every run on a task with a model is told. */
export type TaskRunOptions = Pick<
  KernelRunOptions,
  | 'task'
  | 'model'
  | 'source'
  | 'splits'
  | 'shots'
  | 'seeds'
  | 'limit'
  | 'setting'
  | 'parameters'
  | 'untie'
  | 'lora'
  | 'out'
  | 'version'
  | 'runtime'
  | 'engine'
  | 'threads'
  | 'memory'
  | 'strictMemory'
  | 'files'
  | 'onProgress'
  | 'onNotice'
>;
