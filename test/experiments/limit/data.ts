/** Small problems for limits of training: four examples, of which three are trained on. */

import { stream } from '../../../src/numeric/index.ts';
import { type Tensor, tensor } from '../../../src/program/index.ts';

/** Of two inputs. */
export const VECTORS: Tensor = tensor(['batch', 'input'], [4, 2], [1, 0.3, 0.2, -1.1, -0.8, 0.6, 0.5, 0.9]);
/** Of three places with two inputs each. */
export const SERIES: Tensor = tensor(['batch', 'time', 'input'], [4, 3, 2], stream(5, 'x').normals(24));
export const TARGET: Tensor = tensor(['batch'], [4], [1, -1, 0.5, 0]);
export const TWO_TARGETS: Tensor = tensor(['batch', 'class'], [4, 2], [1, 0.5, -1, 0, 0.5, -1, 0, 0]);
/** The last example is only looked at. */
export const BATCHES: readonly (readonly number[])[] = [[0, 1, 2]];
