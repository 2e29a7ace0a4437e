/** What kernels make of gradients before they multiply them, where these are rows of tables. */

import { required, unreachable } from '../../errors/index.ts';
import type { ComputedKind } from './kernelKinds.ts';
import type { RowForm, RowForms } from './sparseRows.ts';

/** The forms of a kind; `weights` are those of a table's entries, row by row, of the kernel of Adam. */
export function rowForms(kind: ComputedKind, outputs: number, weights: Float32Array | undefined): RowForms {
  switch (kind) {
    case 'sgd':
      return {};
    case 'signgd':
      return { left: signs, right: signs };
    case 'a-signgd':
      return { right: signs };
    case 'a-signgd-evaluated':
      return { left: signs };
    case 'adam': {
      const all = required(weights, 'weights of a table');
      return {
        right: (row, gradient) => {
          const size = gradient.length / outputs;
          // In range: a row of the table has as many entries.
          return gradient.map((value, k) => value * (all[row * size + (k % size)] as number));
        },
      };
    }
    default:
      return unreachable(kind, 'forms of gradients');
  }
}

const signs: RowForm = (_, gradient) => gradient.map(Math.sign);
