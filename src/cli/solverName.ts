/** What a solver with its settings is called in tables and reports. */

import type { FittedSolver } from '../lm/index.ts';

/** `least squares, ridge 0.1, f₀ / 10`: short, for tables. */
export function solverName(solver: FittedSolver): string {
  switch (solver.method) {
    case 'logistic': {
      const { ridge } = solver.settings;
      return ridge === null ? 'logistic, cross-validated' : `logistic, ridge ${ridge}`;
    }
    case 'least-squares': {
      const { ridge, initialScale, transposed } = solver.settings;
      const name = ridge === 0 ? 'least squares, minimum norm' : `least squares, ridge ${ridge}`;
      return `${name}${started(initialScale)}${transposed === true ? ', of the transpose' : ''}`;
    }
    case 'svc':
    case 'svr':
    case 'asymmetric':
      return machineName(solver);
  }
}

/** `least squares, ridge 0.1 × operator norm, from the model's own outputs / 10`: for a line of its own. */
export function solverSentence(solver: FittedSolver): string {
  switch (solver.method) {
    case 'logistic': {
      const { ridge } = solver.settings;
      return ridge === null ? 'logistic regression, cross-validated' : `logistic regression at ridge ${ridge}`;
    }
    case 'least-squares': {
      const { ridge, initialScale, transposed } = solver.settings;
      const start = initialScale === null ? '' : `, from the model's own outputs / ${initialScale}`;
      const name = `least squares, ${ridge === 0 ? 'minimum norm' : `ridge ${ridge} × operator norm`}${start}`;
      return transposed === true ? `${name}, of the transposed kernel` : name;
    }
    case 'svc':
    case 'svr':
    case 'asymmetric':
      return machineName(solver);
  }
}

function machineName(solver: Exclude<FittedSolver, { readonly method: 'logistic' | 'least-squares' }>): string {
  const shift = solver.settings.ridge === 0 ? '' : `, ridge ${solver.settings.ridge}`;
  switch (solver.method) {
    case 'svc': {
      const { cost, ratio, scheme } = solver.settings;
      return `SVC, ${scaled('C', cost, ratio)}${scheme === 'one-vs-one' ? ', votes of pairs' : ''}${shift}`;
    }
    case 'svr': {
      const { cost, ratio, epsilon, initialScale } = solver.settings;
      return `SVR, ${scaled('C', cost, ratio)}, ε ${epsilon}${started(initialScale)}${shift}`;
    }
    case 'asymmetric': {
      const { gamma, ratio, lambda } = solver.settings;
      return `asymmetric machine, ${scaled('γ', gamma, ratio)}, λ ${lambda}${shift}`;
    }
  }
}

const started = (scale: number | null): string => (scale === null ? '' : `, f₀ / ${scale}`);

/** A setting by its ratio to one over the operator norm, which draws share, where it has one. */
const scaled = (name: string, value: number, ratio: number | null): string =>
  ratio === null ? `${name} ${value}` : `${name} ${ratio} / operator norm`;
