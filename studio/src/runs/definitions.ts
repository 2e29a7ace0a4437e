/** What runs show, as formulas with where these are defined: in the papers (docs/papers.md), or by a page of ours. */

/** A quantity in symbols, and paper with section, or page. */
export interface Defined {
  readonly formula: string;
  readonly source: string;
}

/** As the last line of a hint; nothing where it is defined nowhere. */
export const definedAs = (one: Defined | undefined): string =>
  one === undefined ? '' : `\n${one.formula} (${one.source})`;

const KERNELS: Readonly<Record<string, Defined>> = {
  sgd: { formula: 'K(ξ, ξ′) = ⟨∇f(ξ), ∇f(ξ′)⟩', source: 'KLM section 3' },
  signgd: { formula: 'K(ξ, ξ′) = ⟨sign ∇f(ξ), sign ∇f(ξ′)⟩', source: 'KLM section 4' },
  'a-signgd': { formula: 'K(ξ, ξ′) = ⟨∇f(ξ), sign ∇f(ξ′)⟩', source: 'KLM section 4' },
  adam: { formula: 'K(ξ, ξ′) = Σ ∇f(ξ) ∇f(ξ′) / (√v + ε)', source: 'ours, docs/runs.md' },
  'a-signgd-evaluated': { formula: 'K(ξ, ξ′) = ⟨sign ∇f(ξ), ∇f(ξ′)⟩', source: 'ours, docs/solvers.md' },
};

/** Of a kernel by its name on the command line; undefined of others. */
export const kernelDefined = (kind: string): Defined | undefined =>
  Object.hasOwn(KERNELS, kind) ? KERNELS[kind] : undefined;

/** Of what a training example adds to a logit: its coefficient times its entry. */
export const contributionDefined = (kind: string | undefined): Defined | undefined => {
  const kernel = kind === undefined ? undefined : kernelDefined(kind);
  return kernel === undefined
    ? undefined
    : { formula: `α · K(ξ, ξ′), ξ′ trained on, ${kernel.formula}`, source: kernel.source };
};

/** Of the part of a layer: kernels are sums over parameters. */
export const layerDefined = (kind: string | undefined): Defined | undefined => {
  const kernel = kind === undefined ? undefined : kernelDefined(kind);
  return kernel === undefined
    ? undefined
    : { formula: `Σ α · K(ξ, ξ′) over its parameters, ${kernel.formula}`, source: kernel.source };
};

/** Of the part of a token. */
export const TOKEN: Defined = { formula: 'Σ α · K(ξ, ξ′) by place of ξ', source: 'ours, docs/explaining.md' };

/** What a sweep shows: the loss by a hyperparameter, at a width or in the limit. */
export function lossDefined(swept: string, parametrization: string, width: number): Defined | undefined {
  if (!Number.isFinite(width))
    return parametrization === 'ntp'
      ? { formula: 'of f_t in the neural tangent limit', source: 'IVb 2.9.5' }
      : parametrization === 'mup'
        ? { formula: 'of f_t in the maximal update limit', source: 'IVb 2.9.6' }
        : { formula: 'of f_t in the limit of the parametrization', source: 'IVb 3.1.3' };
  return swept === 'learning rate'
    ? { formula: 'of f_t, learning rate η in w ← w − η n^(−c) Q(n^d ∇)', source: 'IVb 2.2' }
    : { formula: `of f_t, ${swept} as it is swept`, source: 'ours, docs/training.md' };
}

const SIZES: Readonly<Record<string, Defined>> = {
  preactivation: { formula: 'size of h; of order 1 where it is stable', source: 'IVb 2.8' },
  change: { formula: 'size of h_t − h_0, n^(−r)', source: 'IVb 2.8' },
  'update input': { formula: 'size of n^d ∇; of order 1 where it is faithful', source: 'IVb 2.8' },
  product: { formula: 'size of W x, n^(−a − b) as W begins', source: 'IVb 2.8' },
  'update effect': { formula: 'size of ΔW x, n^(−r) of the layer', source: 'IVb 2.8' },
};

/** Of a size that a check of coordinates measures. */
export const sizeDefined = (quantity: string): Defined | undefined =>
  Object.hasOwn(SIZES, quantity) ? SIZES[quantity] : undefined;
