import type { NewtonSchulz } from './matrixAlgebra.ts';
import { attribute, type Call } from './signatures.ts';

/** The coefficients of Muon (Jordan et al. 2024), steep at 0, and what it adds to the norm. */
const USUAL: NewtonSchulz = { a: 3.4445, b: -4.775, c: 2.0315, steps: 5, epsilon: 1e-7 };

/** What a call asks for (theory 11). */
export function newtonSchulzCall(call: Call): NewtonSchulz {
  return {
    a: attribute(call, 'a', USUAL.a),
    b: attribute(call, 'b', USUAL.b),
    c: attribute(call, 'c', USUAL.c),
    steps: attribute(call, 'steps', USUAL.steps),
    epsilon: attribute(call, 'epsilon', USUAL.epsilon),
  };
}
