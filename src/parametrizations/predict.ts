/**
 * Exponents of everything a coordinate check measures, step by step: an exact recursion over sizes in powers of n, valid
 * also where a parametrization is unstable or unfaithful.
 *
 * It assumes activations of the size of their preactivations (relu-like) and sums over units that do not cancel where updates meet what they came from: ΔW x sums n terms of one sign (IVb's sign-preserving Q), while
 * initial weights meet what is independent of them as n^(1/2). W₀ applied to the features' change gains n^(1/2) too, but
 * the readout's n: the change was made with it.
 *
 * Ours: where a network is stable, it says what IVb 2.8 does.
 */

import { required } from '../errors/index.ts';
import { type Exponent, HALF, minus, most, NEVER, negated, ONE, plus, ZERO } from '../program/index.ts';
import { forwardGain, type Layer, layersOf, type Mlp } from './layers.ts';
import { response, ruleFor } from './updateRule.ts';

/** Sizes at one layer, as exponents of n. */
export interface LayerSizes {
  readonly layer: number;
  /** Of preactivations h; of the readout, the output f. */
  readonly preactivation: Exponent;
  /** Of h − h_0; −∞ at the start. */
  readonly preactivationChange: Exponent;
  /** Of x = φ(h); the readout has none. */
  readonly activation?: Exponent;
  readonly activationChange?: Exponent;
  /** Of what Q sees of this layer's gradient. */
  readonly updateInput: Exponent;
  /** Of what the next update of this layer's weights alone adds to h: (w_(t+1) − w_t) x. */
  readonly updateEffect: Exponent;
}

/** Sizes after a number of steps, as exponents of n. */
export interface StepSizes {
  readonly step: number;
  /** Of f. */
  readonly output: Exponent;
  /** Of f − f_0. */
  readonly outputChange: Exponent;
  readonly layers: readonly LayerSizes[];
}

const NOTHING = negated(NEVER);

/** What sizes depend on besides the network. */
export interface PredictOptions {
  /** Default 3. */
  readonly steps?: number;
  /** Whether errors χ = ∂loss/∂f grow where f does, as those of the squared loss; else they are of order 1. */
  readonly growingErrors?: boolean;
}

/** Sizes at initialization (step 0) and after each of the first `steps` steps. */
export function predictSizes(network: Mlp, { steps = 3, growingErrors = false }: PredictOptions = {}): StepSizes[] {
  const { depth, rule } = network;
  const all = layersOf(network);
  // Exponents of n^(-a) Δw, entry by entry, and of the largest input that Q has seen: its memory.
  let updates = all.map(() => NOTHING);
  let seen = all.map(() => NOTHING);
  const found: StepSizes[] = [];
  let initial: readonly Exponent[] = [];
  for (let step = 0; step <= steps; step++) {
    const forward = forwardSizes(all, updates, initial);
    if (step === 0) initial = forward.map(({ value }) => value);
    const error = growingErrors ? most(ZERO, required(forward[depth]?.value, 'size of the output')) : ZERO;
    const inputs = gradientSizes(all, updates, forward, error);
    seen = seen.map((before, k) => most(before, required(inputs[k], 'size of what Q sees')));
    const next = all.map(({ exponents: { a, c }, shift, kind }, k) =>
      plus(negated(plus(a, c, shift)), response(ruleFor(rule, kind), required(seen[k], 'largest input of Q'))),
    );
    const layers = all.map((layer, k): LayerSizes => {
      const { value, change } = required(forward[k], `sizes of layer ${k + 1}`);
      const updateInput = required(inputs[k], 'size of what Q sees');
      const below = k === 0 ? ZERO : required(forward[k - 1]?.value, 'size of the layer below');
      const updateEffect = plus(summed(layer, required(next[k], 'size of an update')), below);
      const base = { layer: layer.layer, preactivation: value, preactivationChange: change, updateInput, updateEffect };
      return k === depth ? base : { ...base, activation: value, activationChange: change };
    });
    const { preactivation: output, preactivationChange: outputChange } = required(layers[depth], 'sizes of the output');
    found.push({ step, output, outputChange, layers });
    updates = updates.map((before, k) => most(before, required(next[k], 'size of an update')));
  }
  return found;
}

interface ForwardSize {
  readonly value: Exponent;
  readonly change: Exponent;
}

function forwardSizes(
  all: readonly Layer[],
  updates: readonly Exponent[],
  initial: readonly Exponent[],
): readonly ForwardSize[] {
  let below: ForwardSize = { value: ZERO, change: NOTHING };
  return all.map((layer, k) => {
    const { kind, start } = layer;
    const gain = forwardGain(kind, start);
    const coherent = summed(layer, required(updates[k], 'size of an update'));
    const first = initial[k] ?? plus(gain, below.value);
    const carried = kind === 'readout' ? minus(ONE, start) : gain;
    const change = most(plus(coherent, below.value), plus(carried, below.change));
    below = { value: most(first, change), change };
    return below;
  });
}

/** An update summed over the n inputs of the layer, over a fixed number in the first. */
const summed = ({ kind }: Layer, update: Exponent): Exponent => (kind === 'vector' ? update : plus(update, ONE));

/** Sizes of what Q sees: d, the cotangent, and the input of each layer. */
function gradientSizes(
  all: readonly Layer[],
  updates: readonly Exponent[],
  forward: readonly ForwardSize[],
  error: Exponent,
): readonly Exponent[] {
  // Of the cotangent of what layer k computes; the output's is χ.
  let cotangent = error;
  const sizes: Exponent[] = [];
  for (let k = all.length - 1; k >= 0; k--) {
    const { kind, exponents, start } = required(all[k], `layer ${k + 1}`);
    const input = k === 0 ? ZERO : required(forward[k - 1]?.value, 'size of the layer below');
    sizes.unshift(plus(exponents.d, negated(exponents.a), cotangent, input));
    const update = required(updates[k], 'size of an update');
    const gain = kind === 'readout' ? most(negated(start), update) : most(minus(HALF, start), plus(update, ONE));
    cotangent = plus(cotangent, gain);
  }
  return sizes;
}

/** The sizes at which a run has settled: those of the last step. */
export function settled(sizes: readonly StepSizes[]): StepSizes | undefined {
  return sizes.at(-1);
}
