/**
 * Formulas of the pages in TeX, with what they say and where they stand. The build makes MathML of them
 * (studio/formulas.ts): pages import this file's types alone. `\class{part-x}{…}` names a part that pages can light.
 */

export interface Written {
  readonly tex: string;
  /** In words. */
  readonly says: string;
  /** Paper and definition or section. */
  readonly source: string;
}

const TeX = String.raw;

export const TEX = {
  // The rules of kets.
  matrix: {
    tex: TeX`W_{\alpha\beta} \sim \mathcal{N}(0, \tfrac{1}{n})`,
    says: 'initial matrices have independent Gaussian entries of variance 1/n',
    source: 'IVb 2.6.3',
  },
  initial: {
    tex: TeX`|x_0\rangle \sim \mathcal{N}(0, 1)`,
    says: 'an initial vector is a Gaussian variable',
    source: 'IVb 2.6.5',
  },
  average: {
    tex: TeX`\mathring{c} = \mathbb{E}\,|x\rangle`,
    says: 'an average becomes the mean of the ket',
    source: 'IVb 2.6.5',
  },
  nonlinear: {
    tex: TeX`|y\rangle = \mathbb{E}_{1 \ldots r}\; \psi\left(|x\rangle;\, |x\rangle^{1}, \ldots, |x\rangle^{r};\, \mathring{c}\right)`,
    says: 'a function of kets is averaged over independent copies of those that it sums over',
    source: 'IVb 2.6.5',
  },
  matmul: {
    tex: TeX`|y\rangle = \class{part-hat}{\hat{y}} + \class{part-dot}{\dot{y}}, \quad y = W x`,
    says: 'a product with an initial matrix is a Gaussian hat part and a dot part',
    source: 'IVb 2.6.5',
  },
  hat: {
    tex: TeX`\class{part-hat}{\operatorname{Cov}(\hat{y}, \hat{v}) = \mathbb{1}[W = U]\; \langle x|u\rangle}, \quad v = U u`,
    says: 'hat parts are jointly Gaussian; those of one matrix have the covariance of what it multiplies',
    source: 'IVb 2.6.5',
  },
  dot: {
    tex: TeX`\class{part-dot}{\dot{y} = \sum_{v} |v\rangle\; \mathbb{E}\, \frac{\partial |x\rangle}{\partial \hat{u}}}, \quad u = W^{\top} v`,
    says: 'the dot part is a combination of what the transpose was applied to before',
    source: 'IVb 2.6.5',
  },
  gram: {
    tex: TeX`\langle x|y\rangle = \mathbb{E}\,|x\rangle\,|y\rangle = \lim_{n \to \infty} \tfrac{1}{n}\, x^{\top} y`,
    says: 'the inner product of kets is the limit of that of vectors over their length',
    source: 'IVb 2.6.5',
  },
  master: {
    tex: TeX`c - \mathring{c} = \tilde{O}(n^{-1/2})`,
    says: 'averages approach their limits like one over the root of the width',
    source: 'IVb 2.6.10',
  },
  // Parametrizations and what becomes of networks in them.
  weights: {
    tex: TeX`W = n^{-\class{part-a}{a}}\, w, \quad w \sim \mathcal{N}(0, n^{-2 \class{part-b}{b}})`,
    says: 'weights carry n to the minus a, and start at size n to the minus b',
    source: 'IVb 2.2',
  },
  step: {
    tex: TeX`w \leftarrow w - \eta\, n^{-\class{part-c}{c}}\, Q(n^{\class{part-d}{d}}\, \nabla)`,
    says: 'steps carry n to the minus c, and Q sees gradients times n to the d',
    source: 'IVb 2.2',
  },
  features: {
    tex: TeX`r_1 = a_1 + c_1, \quad r_l = a_l + c_l - 1, \quad r = \min_{l \le L} r_l`,
    says: 'features move by n to the minus r, the least of their layers',
    source: 'IVb 2.8',
  },
  readout: {
    tex: TeX`x = a_{L+1} + \min(b_{L+1}, c_{L+1})`,
    says: 'the size of the trained readout’s weights',
    source: 'IVb 2.8',
  },
  stable: {
    tex: TeX`a_1 + b_1 = 0, \quad a_l + b_l = \tfrac{1}{2}, \quad a_{L+1} + b_{L+1} \ge \tfrac{1}{2}`,
    says: 'stable at initialization: everything starts at order 1, and the output may vanish',
    source: 'IVb 2.8',
  },
  persists: {
    tex: TeX`r_l \ge 0, \quad x + r \ge 1`,
    says: 'it stays so: features and output move by order 1 at most',
    source: 'IVb 2.8',
  },
  faithful: {
    tex: TeX`d_l = a_l + a_{L+1} + b_{L+1}, \quad d_{L+1} = a_{L+1}`,
    says: 'faithful at initialization: Q sees gradients of order 1',
    source: 'IVb 2.8',
  },
  backward: {
    tex: TeX`b_{L+1} \le c_{L+1}`,
    says: 'it stays so: the readout does not outgrow what gradients are scaled by',
    source: 'IVb 2.8',
  },
  nontrivial: {
    tex: TeX`a_{L+1} + c_{L+1} = 1 \quad \text{or} \quad a_{L+1} + b_{L+1} + r = 1`,
    says: 'nontrivial: the output moves by order 1',
    source: 'IVb 2.8',
  },
  // Updates and limits of training.
  update: {
    tex: TeX`w_{t+1} = w_t - \eta\, n^{-c}\, \class{part-q}{Q_t(n^{d} g_0, \ldots, n^{d} g_t)}`,
    says: 'each weight moves by a function of its gradients so far',
    source: 'IVb 2.1',
  },
  sgd: { tex: TeX`\class{part-q}{Q_t = g_t}`, says: 'the gradient itself', source: 'IVb 2.1' },
  momentum: {
    tex: TeX`\class{part-q}{Q_t = \sum_{s \le t} \beta^{t-s} g_s}`,
    says: 'gradients so far, older ones less',
    source: 'IVb 2.1',
  },
  signsgd: {
    tex: TeX`\class{part-q}{Q_t = \operatorname{sign}(g_t)}`,
    says: 'the sign of the gradient',
    source: 'IVb 2.1',
  },
  adam: {
    tex: TeX`\class{part-q}{Q_t = \frac{m_t}{\sqrt{v_t + \varepsilon^2}}}, \quad m_t = \frac{1 - \beta_1}{1 - \beta_1^{t+1}} \sum_{s \le t} \beta_1^{t-s} g_s, \quad v_t = \frac{1 - \beta_2}{1 - \beta_2^{t+1}} \sum_{s \le t} \beta_2^{t-s} g_s^2`,
    says: 'the mean of gradients over the root of the mean of their squares, smooth at zero',
    source: 'IVb 2.1',
  },
  operatorLimit: {
    tex: TeX`f_{t+1} = f_t - \eta\, K_{Q_t}(\chi_0, \ldots, \chi_t)`,
    says: 'with features that stand still, the function moves by the tangent operator of its error signals',
    source: 'IVb 2.4',
  },
  featureLimit: {
    tex: TeX`|W_t\rangle = |W_0\rangle - \eta \sum_{s < t} Q\left(|dh_{\le s}\rangle\, \chi_{\le s}\, \langle x_{\le s}|\right), \quad \mathring{f}_t = \langle w_t | x_t \rangle`,
    says: 'with features that learn, every quantity moves as a ket',
    source: 'IVb 2.5',
  },
} as const satisfies Readonly<Record<string, Written>>;

export type FormulaName = keyof typeof TEX;
