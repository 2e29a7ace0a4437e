/**
 * What the next update of a weight alone does to its product: a step that hands out (w_(t+1) − w_t) x beside w_t x. The
 * change of a layer has that and what comes from below in it, so that it hides a weight that learns too slowly.
 */

import { argument, extend, nodeOf, operands, outputOf, type Program, sub, withOperands } from '../../program/index.ts';

/** The product of a weight that a step computes. */
export interface Product {
  readonly parameter: string;
  readonly value: string;
}

/** The name of an effect. */
export const effectName = (value: string): string => `effect on ${value}`;

/** The step with the effects of its updates on products. */
export function withEffects(program: Program, products: readonly Product[]): Program {
  return extend(program, (writer) => {
    for (const { parameter, value } of products) {
      const next = writer.value(outputOf(program, parameter).value);
      let moved = writer.map(sub(argument(0), argument(1)), [next, writer.value(parameter)]).name;
      let from = parameter;
      // The product itself, then the factors of the parametrization.
      for (const node of wayUp(program, value, parameter)) {
        const replaced = withOperands(node.instruction, (ref) => (ref === from ? moved : ref));
        moved = writer.write(replaced, node.name === value ? writer.free(effectName(value)) : undefined).name;
        from = node.name;
      }
      writer.output(effectName(value), writer.value(moved));
    }
  });
}

/** The instruction that reads the parameter, and what scales it, up to the value. */
export function wayUp(program: Program, value: string, parameter: string): ReturnType<typeof nodeOf>[] {
  const node = nodeOf(program, value);
  const [first] = operands(node.instruction);
  if (operands(node.instruction).includes(parameter) || first === undefined) return [node];
  return [...wayUp(program, first, parameter), node];
}
