/**
 * A network before any parametrization: a chain of stages, and what is known of its parameters and values. Kinds of
 * parameters are those of IVb 2.9.11.
 */

import type { Parameter, ParameterKind } from '../parametrizations/index.ts';
import {
  type Axis,
  type Chain,
  chainParameters,
  compose,
  type Law,
  nodeOf,
  type Program,
  type Stage,
} from '../program/index.ts';
import * as errors from './errors.ts';

/**
 * A network before any parametrization: its program in stages, its parameters with kinds and laws, its output and
 * layers.
 */
export interface Net {
  /** Stages joined by named boundary values: a perceptron is one, a transformer embed, block × L, head. */
  readonly chain: Chain;
  /** The chain as one program, which hands out what its last stage does. */
  readonly program: Program;
  /** Its parameters, each once, in order. */
  readonly parameters: readonly NetParameter[];
  /** The output that a loss reads. */
  readonly output: string;
  /** What a parametrization's multiplier of the output multiplies: the output itself unless a bias is added to it. */
  readonly multiplied?: string;
  /** Values that a coordinate check looks at, first to last: preactivations and activations by layer. */
  readonly layers: readonly Layer[];
  /** Parameters of which some entries have no gradient, for the structure of the network makes it zero. */
  readonly zeroEntries?: readonly ZeroEntries[];
  /** Hidden layers of a multilayer perceptron, the nets that the classification of parametrizations knows; else absent. */
  readonly depth?: number;
}

/** A parameter of which some entries have a gradient of zero by structure, and why. */
export interface ZeroEntries {
  readonly parameter: string;
  readonly reason: string;
}

/** A parameter of a net: name, kind, axes, law, and how checkpoints store it. */
export interface NetParameter extends Parameter {
  readonly axes: readonly Axis[];
  readonly law: Law;
  /** How a checkpoint stores it, where nets of this architecture come from checkpoints. */
  readonly checkpoint?: StoredParameter;
}

/** One parameter as the files of a checkpoint hold it: the same numbers, row-major, on other axes. */
export interface StoredParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Sizes of the parameter's own axes. */
  readonly axisSizes: readonly number[];
  /** Another tensor that holds the same numbers where this one is absent, the two being tied. */
  readonly fallback?: string;
}

/** The values of one layer. */
export interface Layer {
  readonly name: string;
  /** The weight that makes it. */
  readonly parameter: string;
  readonly preactivation: string;
  /** Absent at the output. */
  readonly activation?: string;
}

/** What a chain of stages does not tell of a net: kinds of parameters, the output, layers. */
export interface NetOptions extends Pick<Net, 'output' | 'multiplied' | 'layers' | 'zeroEntries' | 'depth'> {
  /** The kind of each parameter, by its name in the net. */
  readonly kinds: Readonly<Record<string, ParameterKind>>;
  /** How checkpoints store a parameter of the chain. */
  readonly checkpoint?: (name: string, axes: readonly Axis[], stage: Stage) => StoredParameter;
}

/**
 * A net from its stages, or from a program that is all of it: axes and laws of the parameters, with their powers of n,
 * are those of the programs. Stages are put together when the whole program is first read. Throws {@link UserError}
 * `nets.kinds` where parameters have no kind, or kinds no parameter.
 */
export function netOf(source: Chain | Program, options: NetOptions): Net {
  const { kinds, checkpoint, output, multiplied, layers, zeroEntries, depth } = options;
  const chain = 'stages' in source ? source : chainOf(source);
  let program: Program | undefined;
  return {
    chain,
    get program() {
      program ??= whole(chain);
      return program;
    },
    parameters: parametersOf(chain, kinds, checkpoint),
    output,
    layers,
    ...(zeroEntries === undefined ? {} : { zeroEntries }),
    ...(multiplied === undefined ? {} : { multiplied }),
    ...(depth === undefined ? {} : { depth }),
  };
}

/** A program as a chain of one stage. */
function chainOf(program: Program): Chain {
  return { name: program.name, stages: [{ name: 'net', program, parameters: {} }] };
}

/** Values between stages are handed out by the stages alone. */
function whole(chain: Chain): Program {
  const last = chain.stages.at(-1);
  // Where there is nothing to join, names of values need no stage in front.
  if (last !== undefined && chain.stages.length === 1 && Object.keys(last.parameters).length === 0) return last.program;
  const composed = compose(chain);
  const handed = new Set(last?.program.outputs.map(({ name }) => name));
  return { ...composed, outputs: composed.outputs.filter(({ name }) => handed.has(name)) };
}

function parametersOf(
  chain: Chain,
  kinds: NetOptions['kinds'],
  checkpoint: NetOptions['checkpoint'],
): readonly NetParameter[] {
  const found = new Map<string, NetParameter>();
  const missing: string[] = [];
  for (const { stage, local, name } of chainParameters(chain)) {
    if (found.has(name)) continue;
    const { instruction } = nodeOf(stage.program, local);
    if (instruction.op !== 'parameter') continue;
    const { axes, law } = instruction;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) missing.push(name);
    else {
      const stored = checkpoint === undefined ? {} : { checkpoint: checkpoint(name, axes, stage) };
      found.set(name, { name, kind, axes, law, ...stored });
    }
  }
  const unknown = Object.keys(kinds).filter((name) => !found.has(name));
  if (missing.length > 0 || unknown.length > 0) throw errors.badKinds(chain.name, [...new Set(missing)], unknown);
  return [...found.values()];
}
