/** A multilayer perceptron trained in plain f64 in an abcd-parametrization, written without anything of `src`. */

/** Exponents of one layer as numbers; b may be ∞. */
export interface LayerExponents {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export type Rule = 'sgd' | 'sign' | 'adam';

export interface Training {
  /** First layer to readout. */
  readonly layers: readonly LayerExponents[];
  readonly width: number;
  readonly seed: number;
  readonly steps: number;
  readonly rule: Rule;
  /** In front of every step size. */
  readonly rate: number;
  /** Of Adam. */
  readonly epsilon?: number;
  /** Divides updates by their norm, or by that of the weight. */
  readonly divideBy?: 'update' | 'weight';
  readonly activation?: 'relu' | 'tanh';
}

/** Root mean squares after a number of steps. */
export interface Sizes {
  readonly output: readonly number[];
  /** By layer: preactivations, the readout's being outputs; their change; what Q sees. */
  readonly value: readonly number[];
  readonly change: readonly number[];
  readonly input: readonly number[];
}

/** Three inputs of four coordinates, and the error signal of each, the same at every step: χ is of order 1. */
const INPUTS = [
  [0.9, -1.1, 0.4, 1.3],
  [1.2, 0.3, -0.8, 0.7],
  [-0.5, 0.6, 1.4, -1.0],
] as const;
const ERRORS = [0.7, -0.4, 0.5] as const;
const [FIRST_MOMENT, SECOND_MOMENT] = [0.9, 0.99];

const ACTIVATIONS = {
  relu: { value: (h: number) => Math.max(h, 0), slope: (h: number) => (h > 0 ? 1 : 0) },
  tanh: { value: Math.tanh, slope: (h: number) => 1 - Math.tanh(h) ** 2 },
} as const;

/** A small generator of its own (mulberry32), and normals by Box and Muller. */
function normals(seed: number): () => number {
  let state = seed | 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

interface Weight {
  readonly rows: number;
  readonly columns: number;
  readonly multiplier: number;
  readonly data: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Sizes at initialization and after each step; weights of equal normals start at n^(-b) times these. */
export function train(training: Training): Sizes[] {
  const { layers, width: n, seed, steps, activation = 'relu' } = training;
  const draw = normals(seed);
  const phi = ACTIVATIONS[activation];
  const weights = layers.map(({ a, b }, k): Weight => {
    const rows = k === layers.length - 1 ? 1 : n;
    const columns = k === 0 ? INPUTS[0].length : n;
    const size = rows * columns;
    const deviation = n ** -b;
    const data = new Float64Array(size);
    for (let at = 0; at < size; at++) data[at] = draw() * deviation;
    return { rows, columns, multiplier: n ** -a, data, first: new Float64Array(size), second: new Float64Array(size) };
  });
  const forward = (): Float64Array[][] =>
    INPUTS.map((input) => {
      let x: ArrayLike<number> = input;
      return weights.map((weight) => {
        const h = product(weight, x);
        x = h.map(phi.value);
        return h;
      });
    });
  let initial: readonly Float64Array[][] = [];
  const found: Sizes[] = [];
  for (let step = 0; step <= steps; step++) {
    const values = forward();
    if (step === 0) initial = values;
    const gradients = gradientsOf(weights, values, layers, n, phi);
    found.push({
      output: values.map((one) => one.at(-1)?.[0] ?? Number.NaN),
      value: layers.map((_, k) => rms(values.flatMap((one) => [...(one[k] ?? [])]))),
      change: layers.map((_, k) =>
        rms(values.flatMap((one, i) => [...(one[k] ?? [])].map((h, j) => h - (initial[i]?.[k]?.[j] ?? Number.NaN)))),
      ),
      input: gradients.map((gradient) => rms(gradient)),
    });
    if (step === steps) break;
    weights.forEach((weight, k) => {
      update(training, weight, gradients[k] ?? new Float64Array(), training.rate * n ** -(layers[k]?.c ?? 0), step);
    });
  }
  return found;
}

function product({ rows, columns, multiplier, data }: Weight, x: ArrayLike<number>): Float64Array {
  const h = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += (data[i * columns + j] as number) * (x[j] as number);
    h[i] = multiplier * sum;
  }
  return h;
}

/** n^d times the gradient of Σ χ f with respect to each w. */
function gradientsOf(
  weights: readonly Weight[],
  values: readonly (readonly Float64Array[])[],
  layers: readonly LayerExponents[],
  n: number,
  phi: (typeof ACTIVATIONS)[keyof typeof ACTIVATIONS],
): Float64Array[] {
  const gradients = weights.map(({ data }) => new Float64Array(data.length));
  values.forEach((hidden, sample) => {
    let cotangent = Float64Array.of(ERRORS[sample] ?? 0);
    for (let k = weights.length - 1; k >= 0; k--) {
      const { rows, columns, multiplier, data } = weights[k] as Weight;
      const below = hidden[k - 1];
      const x: ArrayLike<number> = below === undefined ? (INPUTS[sample] ?? []) : below.map(phi.value);
      const gradient = gradients[k] as Float64Array;
      const next = new Float64Array(columns);
      const scale = multiplier * n ** (layers[k]?.d ?? 0);
      for (let i = 0; i < rows; i++) {
        const dh = cotangent[i] as number;
        for (let j = 0; j < columns; j++) {
          const at = i * columns + j;
          gradient[at] = (gradient[at] as number) + scale * dh * (x[j] as number);
          next[j] = (next[j] as number) + multiplier * (data[at] as number) * dh;
        }
      }
      cotangent = below === undefined ? next : next.map((dx, j) => dx * phi.slope(below[j] as number));
    }
  });
  return gradients;
}

function update(training: Training, weight: Weight, gradient: Float64Array, rate: number, step: number): void {
  const { data } = weight;
  const q = ruled(training, weight, gradient, step);
  const norm = Math.sqrt((training.divideBy === 'weight' ? data : q).reduce((sum, one) => sum + one * one, 0));
  const factor = rate / (training.divideBy === undefined ? 1 : norm);
  q.forEach((one, k) => {
    data[k] = (data[k] as number) - factor * one;
  });
}

/** Q of a gradient. */
function ruled(
  { rule, epsilon = 0 }: Training,
  { first, second }: Weight,
  gradient: Float64Array,
  step: number,
): Float64Array {
  if (rule === 'sgd') return gradient;
  if (rule === 'sign') return gradient.map(Math.sign);
  const [unseenFirst, unseenSecond] = [1 - FIRST_MOMENT ** (step + 1), 1 - SECOND_MOMENT ** (step + 1)];
  const q = new Float64Array(gradient.length);
  for (let k = 0; k < gradient.length; k++) {
    const g = gradient[k] as number;
    first[k] = FIRST_MOMENT * (first[k] as number) + (1 - FIRST_MOMENT) * g;
    second[k] = SECOND_MOMENT * (second[k] as number) + (1 - SECOND_MOMENT) * g * g;
    const mean = (first[k] as number) / unseenFirst;
    const root = Math.sqrt((second[k] as number) / unseenSecond) + epsilon;
    q[k] = root === 0 ? 0 : mean / root;
  }
  return q;
}

export function rms(values: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += (values[k] as number) ** 2;
  return Math.sqrt(sum / values.length);
}
