/** The oracle as an interpreter with state. */

import {
  type Interpreter,
  type TensorInterpreterOptions,
  type TensorState,
  tensorInterpreter,
} from '../program/index.ts';
import { interpret } from './interpret.ts';

/**
 * Runs programs in f64; its states are tensors, each on the axes that the program gives it. Throws {@link UserError}
 * `program.mismatch` for malformed programs and feeds.
 */
export function oracle(options: TensorInterpreterOptions): Interpreter<TensorState> {
  return tensorInterpreter(interpret, options);
}
