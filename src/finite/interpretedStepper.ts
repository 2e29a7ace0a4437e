/** Training without a runtime: an interpreter of tensors reads the gradients, compiled kernels update. */

import { required } from '../errors/index.ts';
import {
  checked,
  nodeOf,
  outputOf,
  type Program,
  reorder,
  type SizedRun,
  type Sizes,
  type Stepper,
  type Tensors,
  tensor,
} from '../program/index.ts';
import type { RawTensor } from './backend.ts';
import type { PrepareGraph } from './shape.ts';
import { finiteStepper } from './stepper.ts';

/**
 * Steppers as {@link Engine.stepper} makes them, with states in f32 and updates by compiled kernels, whose gradients a
 * function computes in place of a runtime of ONNX models: with `interpret` of `nexort/reference`, in f64 from f32
 * states. For small networks where no runtime is at hand, as in the first seconds of a page. States, data and outputs
 * are tensors on the axes that the program gives them.
 *
 * Throws as {@link Engine.stepper} and the function do.
 */
export function interpretedStepper(run: SizedRun) {
  return (program: Program, sizes: Sizes, state: Tensors, outputs?: readonly string[]): Promise<Stepper> => {
    const handed = outputs ?? program.outputs.filter(({ role }) => role === 'data').map(({ name }) => name);
    return finiteStepper(checked(program), sizes, { start: { state }, outputs: handed }, prepared(run));
  };
}

const prepared =
  (run: SizedRun): PrepareGraph =>
  async (given, sizes, orders, held, into) => {
    const graph = withoutState(given);
    const feed = (name: string, { data, dims }: RawTensor) => tensor(nodeOf(graph, name).type.axes, dims, data);
    const targets = Object.entries(into).map(([name, { data }]) => ({
      name,
      data,
      axes: orders[name] ?? nodeOf(graph, outputOf(graph, name).value).type.axes,
    }));
    return {
      run: async (feeds) => {
        const all = Object.entries({ ...held, ...feeds }).map(([name, raw]) => [name, feed(name, raw)] as const);
        const found = await run(graph, Object.fromEntries(all), sizes);
        for (const { name, data, axes } of targets) data.set(reorder(required(found[name], name), axes).data);
      },
      release: async () => {},
    };
  };

/** The graph reads states and writes none, which kernels do: to an interpreter they are data. */
function withoutState(graph: Program): Program {
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.instruction.op === 'input' && node.instruction.role === 'state'
        ? { ...node, instruction: { ...node.instruction, role: 'data' } }
        : node,
    ),
  };
}
