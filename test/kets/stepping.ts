/** A program run step after step in kets, for the tests. */

import { type KetOptions, type KetRan, ketInterpreter } from '../../src/kets/index.ts';
import type { Program, Tensors } from '../../src/program/index.ts';

export interface Stepping {
  step(data?: Tensors): KetRan;
  peakBytes(): number;
}

/** Steps from given values, all else drawn. */
export function stepping(program: Program, options: KetOptions, given: Tensors = {}): Stepping {
  const interpreter = ketInterpreter(options);
  let state = interpreter.start(given);
  return {
    step: (data) => {
      const ran = interpreter.run(program, state, data);
      interpreter.release(state);
      ({ state } = ran);
      return ran;
    },
    peakBytes: () => interpreter.peakBytes,
  };
}
