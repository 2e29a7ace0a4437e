/**
 * Stages: a net as a chain of programs (embed, block × L, head) joined by named boundary values.
 *
 * An output of one stage feeds the input of the same name of the stages after it, up to the next output of that name.
 * Other inputs are the chain's own. Stages of equal structure share one program object, and give their parameters local
 * names; `parameters` says which of the net's parameters each local name stands for. So an engine compiles equal blocks
 * once, can hold one block at a time, and `compose` gives the whole program for the oracle and for print.
 */

import type { Axis } from './axes.ts';
import { checked } from './check.ts';
import { mismatches } from './errors.ts';
import { sameType } from './infer.ts';
import type { Role } from './instructions.ts';
import { nodesOf, type Program } from './program.ts';
import { copyInto, type RewriteRule } from './rewrite.ts';
import { type Value, Writer } from './writer.ts';

/** A program of a chain, with what its parameters are called in the net: equal blocks share one program. */
export interface Stage {
  readonly name: string;
  readonly program: Program;
  /** Local parameter name → name in the net. Names left out are the same in both. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Local name of a value → its name in the net. Names left out stand behind the stage's own: `<stage>.<value>`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** A net as stages in order; an output of one feeds the input of that name in later ones. */
export interface Chain {
  readonly name: string;
  readonly stages: readonly Stage[];
}

/** The net's name for a stage's parameter. */
export function globalName(stage: Stage, parameter: string): string {
  return stage.parameters[parameter] ?? parameter;
}

/** The net's name for a value of a stage that is neither a parameter nor an input. */
export function valueName(stage: Stage, value: string): string {
  return stage.values?.[value] ?? `${stage.name}.${value}`;
}

/** Parameters of the whole chain with their stages, in order; a tied parameter appears once for each stage using it. */
export function chainParameters(
  chain: Chain,
): { readonly stage: Stage; readonly local: string; readonly name: string }[] {
  return chain.stages.flatMap((stage) =>
    nodesOf(stage.program, 'parameter').map((node) => ({
      stage,
      local: node.name,
      name: globalName(stage, node.name),
    })),
  );
}

/**
 * The chain as one program: parameters and free inputs under their own names, other values under those that their stages
 * give them, and the outputs of the last stage (and any output that no later stage replaces).
 * Throws {@link UserError} `program.mismatch` where stages disagree on a space or a shared value.
 */
export function compose(chain: Chain): Program {
  const writer = new Writer(chain.name);
  const boundary = new Map<string, { readonly value: Value; readonly role: Role }>();
  const shared = new Map<string, Value>();
  for (const stage of chain.stages) {
    const rule: RewriteRule = ({ name, instruction, type }) => {
      const { op } = instruction;
      if (op !== 'input' && op !== 'parameter') return undefined;
      const own = op === 'parameter' ? globalName(stage, name) : name;
      const known = (op === 'input' ? boundary.get(name)?.value : undefined) ?? shared.get(own);
      const value = known ?? writer.write(instruction, own);
      if (!sameType(value.type, type)) throw disagreement(own, stage.name, value.type.axes, type.axes);
      if (value !== boundary.get(name)?.value) shared.set(own, value);
      return value;
    };
    const moved = copyInto(writer, stage.program, rule, (name) => writer.free(valueName(stage, name)));
    for (const { name, value, role } of stage.program.outputs) boundary.set(name, { value: moved(value), role });
  }
  for (const [name, { value, role }] of boundary) writer.output(name, value, role);
  return checked(writer.finish());
}

function disagreement(name: string, stage: string, before: readonly Axis[], here: readonly Axis[]): Error {
  const problem = `has axes [${here.join(', ')}] in stage "${stage}" and [${before.join(', ')}] before it`;
  return mismatches('composing stages', [{ where: `value "${name}"`, problem }]);
}
