/** What a kernel run finds and what its folder keeps, in plain data. */

import type { Json } from '../../../runs/index.ts';
import type { Example } from '../../data/example.ts';
import type { DataSource } from '../../data/runData.ts';
import type { Metric } from '../../data/tasks.ts';
import type { ComputedKind, KernelKind } from '../../kernel/kernelKinds.ts';
import type { LoraRequest } from '../../lora/loraRequest.ts';
import type { CheckpointUse } from '../../model/checkpointUse.ts';
import type { DrawFit, Scores, SolverRequest } from '../../run/kernelScores.ts';
import type { Setting } from '../../run/setting.ts';
import type { FittedSolver } from '../../solve/fittedSolver.ts';
import type { LabelDoubts } from '../../solve/labelDoubts.ts';

/** A score over draws. */
export interface Summary {
  readonly mean: number;
  /** Sample standard deviation; 0 for a single value. */
  readonly std: number;
  readonly values: readonly number[];
  /**
   * Of an accuracy, what the choice of the test examples leaves open: Wilson's interval of 95 % for the mean. Draws share
   * these examples, so that it does not shrink with their number.
   */
  readonly interval?: readonly [number, number];
  /** Means in the task's further metrics. */
  readonly further: Scores;
}

/** The training examples of one draw whose labels a kernel doubts most (labelDoubts.ts). */
export interface DoubtfulLabels {
  readonly kernel: KernelKind;
  readonly seed: number;
  readonly source: LabelDoubts['source'];
  readonly examples: readonly (Example & { readonly doubt: number })[];
}

/** What a kernel run finds: scores by kernel and draw, and what they were computed of. */
export interface KernelRunResult {
  readonly task: string;
  /** The absolute path of the checkpoint folder. */
  readonly model: string;
  /** What of the checkpoint's files is assumed, replaced or not used. */
  readonly checkpoint: CheckpointUse;
  readonly setting: Setting;
  readonly metric: Metric;
  readonly shots: number;
  readonly seeds: readonly number[];
  readonly evaluated: number;
  readonly data: Pick<DataSource, 'description' | 'classes' | 'notes'>;
  readonly parameters: {
    readonly choice: string;
    readonly count: number;
    readonly tensors: number;
    /** Parameters whose gradient is zero by structure, grouped by reason. */
    readonly zeroGradient: readonly { readonly reason: string; readonly parameters: readonly string[] }[];
  };
  /** Changes of low rank beside the weights, with the absolute path of an adapter. */
  readonly lora?: LoraRequest;
  /** The solver of each draw and kernel; its dev score where there are dev examples. */
  readonly solvers: readonly (FittedSolver & {
    readonly kernel: KernelKind;
    readonly seed: number;
    readonly dev: number | null;
    /** Its score on each training example by a fit without it, of least squares. */
    readonly leaveOneOut: number | null;
  })[];
  /**
   * Training examples whose labels fit worst with what the others say, by kernel and draw, the most doubtful first: a few;
   * absent in runs from before it was measured.
   */
  readonly doubtful?: readonly DoubtfulLabels[];
  /** Prompted examples that were too long, and the tokens cut from them. */
  readonly truncated: { readonly examples: number; readonly tokens: number };
  /** The best score of a constant answer on the evaluated examples. */
  readonly chance: number;
  /** Of the model's own logits, in the setting of prompts. */
  readonly zeroShot?: Summary;
  /** Of the heads of linear probing, in their setting. */
  readonly probe?: Summary;
  /** In the order of `KERNEL_KINDS`. */
  readonly kernels: Readonly<Partial<Record<KernelKind, Summary>>>;
  readonly gradients: number;
  /** Wall time of the start that ended the run. */
  readonly seconds: number;
  readonly peakBytes: number;
  readonly forecastBytes: number;
  /** The run folder. */
  readonly out: string;
  /** Whether the result is that of an earlier start. */
  readonly stored?: boolean;
}

/** What the result of every training run on a task with a model says. */
export interface TaskTrainingResult
  extends Pick<
    KernelRunResult,
    | 'task'
    | 'model'
    | 'checkpoint'
    | 'setting'
    | 'metric'
    | 'shots'
    | 'seeds'
    | 'evaluated'
    | 'data'
    | 'lora'
    | 'truncated'
    | 'chance'
    | 'seconds'
    | 'peakBytes'
    | 'forecastBytes'
    | 'out'
    | 'stored'
  > {
  /** What was trained. */
  readonly parameters: { readonly choice: string; readonly count: number; readonly tensors: number };
  /** Updates of each training. */
  readonly steps: number;
  readonly clipNorm: number | null;
}

/** What decides the numbers of every run on a task with a model. */
export type SubjectIdentity = {
  readonly nexort: string;
  /** Name and version of what computed it. */
  readonly runtime: string;
  /** A `Task`. */
  readonly task: Json;
  /** SHA-256 of the files. */
  readonly data: Json;
  /** SHA-256 of the draws and the test examples. */
  readonly examples: string;
  readonly shots: number;
  readonly seeds: readonly number[];
  readonly evaluated: number | 'all';
  /** What modelFingerprint.ts finds. */
  readonly model: Readonly<Record<string, string>>;
  readonly parameters: string;
  readonly untie: boolean;
  /** A `Setting`; absent for the usual one. */
  readonly setting?: Json;
  /** What loraOfRun.ts finds; absent where there are no changes of low rank. */
  readonly lora?: Json;
};

/** What a run folder belongs to: all that the kernel depends on; how it is solved does not. */
export type KernelIdentity = {
  readonly job: 'kernel';
  /** What blocks and files hold. */
  readonly content: string;
} & SubjectIdentity;

/** Every draw of each kernel. */
export type FitsByKernel = Readonly<Partial<Record<KernelKind, readonly DrawFit[]>>>;

/** What blocks of a run hold, as of this version. */
export const BLOCK_CONTENT = 'a kernel for each draw';

/** What the kernel's files and the result hold beside the kernels, and predictors beside their coefficients, as of this version. */
export const KERNEL_CONTENT =
  'positions, labels, texts, checksums, kernels by draw, chance, setting; intercepts by output';

/** A linear head, its weight row-major [classes, width]. */
export interface StoredHead {
  readonly weight: readonly number[];
  readonly bias: readonly number[];
}

/** What a run folder keeps of a run, enough to classify new texts. */
export interface KernelRunRecord {
  /** What the kernel's files hold ({@link KERNEL_CONTENT}); they are made again where it is something else. */
  readonly content: string;
  readonly result: KernelRunResult;
  readonly solverChoice: SolverRequest;
  /** The kernels that the files hold; those of the result where none are named. */
  readonly computed?: readonly ComputedKind[];
  /** The first kernel, which {@link fits} are of; SGD's in folders from when there was no other. */
  readonly kernel?: KernelKind;
  readonly fits: readonly DrawFit[];
  /** Those of the other kernels. */
  readonly furtherFits?: FitsByKernel;
  /** Numbers of the heads of linear probing, by seed. */
  readonly heads?: Readonly<Record<string, StoredHead>>;
  /** What identifies the second moments of Adam's kernel, and its ε. */
  readonly moments?: string;
  /** The absolute path of the file that they are in, and ε. */
  readonly momentsFile?: { readonly path: string; readonly epsilon: number };
}
