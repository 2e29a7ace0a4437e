/** Which functions stay whole when a program is lowered. */

import { expand, type FunctionName, type Program } from '../program/index.ts';

/** Functions that the engine has operators for; others are expanded into their definitions. */
const fused: Readonly<Record<FunctionName, boolean>> = {
  softmax: true,
  logSumExp: true,
  normalize: true,
  inverseDeviation: true,
  newtonSchulz: false,
  spectralNormalize: false,
  precondition: false,
  intoEigenbases: false,
  outOfEigenbases: false,
  eigenbasis: false,
};

/**
 * The program as it is lowered: functions without an operator written out. Softmax's operator takes one
 * axis; where operators give their first results alone, that of normalization gives no inverse deviation.
 */
export function withOperators(program: Program, firstResults = false): Program {
  return expand(program, ({ name, over }) => {
    if (name === 'inverseDeviation' && firstResults) return true;
    return !fused[name] || (name === 'softmax' && over.length !== 1);
  });
}
