/** What kernels are computed of, and what they are. Kernels are those of theory 9. */

import type { Engine } from '../../finite/index.ts';
import type { Team } from '../../numeric/wasm/index.ts';
import type { Tensors } from '../../program/index.ts';
import type { LanguageModel } from '../model/checkpoint.ts';
import type { SecondMoments } from './adamWeights.ts';
import type { Encoded } from './batches.ts';
import type { KernelStore } from './blockStore.ts';
import type { DrawSides } from './drawSides.ts';
import type { ComputedKind } from './kernelKinds.ts';
import type { KernelPlan } from './kernelPlan.ts';
import type { OutputWeights } from './outputs.ts';

/** What kernels of one draw and of several are computed from. */
export interface CommonOptions {
  readonly engine: Engine;
  readonly model: LanguageModel;
  readonly examples: readonly Encoded[];
  readonly outputs: OutputWeights;
  /** The head's data: `labels` of a words head, `functional` and `offset` of a functional one. */
  readonly head: Tensors;
  /** Whether a parameter belongs to the kernel; default all. */
  readonly selected?: (parameter: string) => boolean;
  /** Name of the selection, for errors. */
  readonly selection?: string;
  /** How examples are cut up; by default for `DEFAULT_MEMORY`. A store goes with one plan. */
  readonly plan?: KernelPlan;
  /** Where blocks are kept; by default in memory, for this call. */
  readonly store?: KernelStore;
  /** Whether kernels are wanted by layer too: they are then the sums of their layers, and may round otherwise. */
  readonly byLayer?: boolean;
  /** A function of the only draw's training side that is wanted by token of the other examples; blocks must not be there already. */
  readonly byToken?: TokenRequest;
  /** Threads that count signs together; by default one. */
  readonly team?: Team;
  /** Of the kernel of Adam, which is refused without. */
  readonly secondMoments?: SecondMoments;
  /** Called with the share of the work done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** What `empiricalKernel` computes: of which model and examples, over which parameters, by which kind. */
export interface KernelOptions extends CommonOptions {
  /** Positions in `examples` of the training side, in the order of the kernel's columns; every example is a row. */
  readonly train: readonly number[];
}

/** A function Σ_j c_j K[e, j] of the rows of evaluated examples (tokenShares.ts). */
export interface TokenRequest {
  /** SGD's or A-SignGD's. */
  readonly kind: ComputedKind;
  /** c, [train · outputs]. */
  readonly coefficients: readonly number[];
  /** Whether an output looks at the training side's same output alone. */
  readonly ownOutputs: boolean;
}

/** What `empiricalKernels` computes: as {@link KernelOptions}, of several kinds at once. */
export interface KernelsOptions extends KernelOptions {
  /** At least one. */
  readonly kinds: readonly ComputedKind[];
}

/** Several draws, whose kernels share the gradients of examples that are rows of all. */
export interface DrawsOptions extends CommonOptions {
  /** At least one; an example of one training side is a row of that draw alone. */
  readonly draws: readonly DrawSides[];
  /** At least one. */
  readonly kinds: readonly ComputedKind[];
  /** Where several processes run the training sides once for all. */
  readonly training?: SharedTraining;
}

/** Training sides that are blocks of their own: factors of their gradients, and their rows of tables. */
export interface SharedTraining {
  /**
   * Called when the forward passes over what the store lacks are over, and before the first backward one. True where the store
   * has all of the training sides now that it is asked for; else it is asked again what it lacks.
   */
  ready(): Promise<boolean>;
}

/** What kernels of all kinds have in common. */
export interface KernelFacts {
  /** Raw logits, [rows × classes]. */
  readonly logits: Float64Array;
  readonly classes: number;
  readonly outputs: number;
  /** Selected parameters of the net. */
  readonly parameters: readonly string[];
  /** Numbers in them. */
  readonly parameterCount: number;
  /** By layer and token of each example that is no training one, where asked for. */
  readonly tokens?: readonly LayerTokens[];
  /** Those whose gradient is zero by structure, all of it or what the reason says, with the reason. */
  readonly zero: readonly { readonly parameter: string; readonly reason: string }[];
}

/**
 * What the parameters of one layer add to a kernel. A table that several layers use counts by the evaluated side's use of it;
 * in the kernel of SignGD, which is of the sign of all uses together, whole with the first of them.
 */
export interface LayerKernel {
  /** `embeddings`, `block 1` and so on, `head`. */
  readonly layer: string;
  /** [rows · outputs × train · outputs], row-major; those of all layers add up to the kernel. */
  readonly kernel: Float64Array;
}

/** What one layer adds to the function. */
export interface LayerTokens {
  readonly layer: string;
  /** By position among the examples: [outputs × tokens], which add up to what the layer's rows of the kernel give. */
  readonly shares: ReadonlyMap<number, Float64Array>;
}

/** One kernel of a model, with what it was computed of. */
export interface EmpiricalKernel extends KernelFacts {
  /** [rows · outputs × train · outputs], row-major. */
  readonly kernel: Float64Array;
  /** From the embeddings to the head, where asked for. */
  readonly layers?: readonly LayerKernel[];
}

/** Several kernels of the same examples and parameters. */
export interface EmpiricalKernels extends KernelFacts {
  /** By kind, each [rows · outputs × train · outputs], row-major. */
  readonly kernels: ReadonlyMap<ComputedKind, Float64Array>;
  /** By kind, where asked for. */
  readonly layers?: ReadonlyMap<ComputedKind, readonly LayerKernel[]>;
}
