/**
 * The simplifier: removes what no output needs, writes equal instructions once, drops identities, and merges maps into
 * the map that alone reads them, so that powers of sizes meet and combine. It preserves meaning and output names.
 */

import { required } from '../errors/index.ts';
import { contains, sameAxes } from './axes.ts';
import { cancelled } from './cancel.ts';
import { argument, type Expr, readings, substitute } from './expressions.ts';
import { type Instruction, operands, textKey, withOperands } from './instructions.ts';
import { type Node, type Program, readsOf } from './program.ts';

/** An equivalent program without dead, repeated or trivial instructions. */
export function simplify(program: Program): Program {
  const live = liveNodes(program);
  const uses = readsOf({ ...program, nodes: program.nodes.filter(({ name }) => live.has(name)), outputs: [] });
  const alias = new Map<string, string>();
  const kept = new Map<string, Node>();
  const written = new Map<string, string>();
  const at = (ref: string): string => alias.get(ref) ?? ref;
  const outputs = new Set(program.outputs.map((output) => output.value));
  let changed = false;
  for (const node of program.nodes) {
    if (!live.has(node.name)) continue;
    const given = operands(node.instruction).some((ref) => alias.has(ref))
      ? withOperands(node.instruction, at)
      : node.instruction;
    const moved = cancelled(given, (ref) => kept.get(ref)?.instruction);
    const reduced = reduceInstruction(moved, (ref) =>
      uses.get(ref) === 1 && !outputs.has(ref) ? kept.get(ref) : undefined,
    );
    // Folding may drop the operand that gave a map its axes; such a map stays as it was.
    const instruction = givesAxes(reduced, node, kept) ? reduced : moved;
    const key = textKey(instruction);
    const same = identity(instruction) ?? written.get(key);
    const replacement = same === undefined ? undefined : kept.get(same);
    if (replacement !== undefined && sameAxes(replacement.type.axes, node.type.axes)) {
      alias.set(node.name, replacement.name);
      uses.set(replacement.name, (uses.get(replacement.name) ?? 0) + (uses.get(node.name) ?? 0));
      continue;
    }
    if (instruction !== node.instruction && key !== textKey(node.instruction)) changed = true;
    kept.set(node.name, { ...node, instruction });
    if (instruction.op !== 'input' && instruction.op !== 'parameter') written.set(key, node.name);
  }
  const result: Program = {
    ...program,
    nodes: [...kept.values()],
    outputs: program.outputs.map((output) => ({ ...output, value: at(output.value) })),
  };
  // Merging maps leaves the merged ones dead; a second look removes them and may find more.
  return changed || result.nodes.length < program.nodes.length ? simplify(result) : program;
}

/** Nodes that an output depends on; inputs and parameters stay, for they are the program's signature. */
function liveNodes(program: Program): Set<string> {
  const live = new Set(program.outputs.map((output) => output.value));
  for (const node of [...program.nodes].reverse()) {
    const { op } = node.instruction;
    if (op === 'input' || op === 'parameter') live.add(node.name);
    if (live.has(node.name)) for (const ref of operands(node.instruction)) live.add(ref);
  }
  return live;
}

/** The operand that an instruction merely repeats. */
function identity(instruction: Instruction): string | undefined {
  switch (instruction.op) {
    case 'map':
      return instruction.expr.op === 'argument' ? instruction.args[instruction.expr.index] : undefined;
    case 'reduce':
      return instruction.over.length === 0 ? instruction.arg : undefined;
    case 'broadcast':
      return instruction.along.length === 0 ? instruction.arg : undefined;
    case 'rename':
      return instruction.axes.every(([from, to]) => from === to) ? instruction.arg : undefined;
    default:
      return undefined;
  }
}

type Source = (ref: string) => Node | undefined;

/** Merges the maps that a map alone reads into it; joins broadcasts of broadcasts. */
function reduceInstruction(instruction: Instruction, only: Source): Instruction {
  if (instruction.op === 'map') return mergeMaps(instruction, only);
  if (instruction.op === 'broadcast') {
    const inner = only(instruction.arg)?.instruction;
    if (inner?.op === 'broadcast') return { ...inner, along: [...instruction.along, ...inner.along] };
  }
  return instruction;
}

function mergeMaps(map: Instruction & { op: 'map' }, only: Source): Instruction {
  const args: string[] = [];
  const place = (ref: string): Expr => {
    if (!args.includes(ref)) args.push(ref);
    return argument(args.indexOf(ref));
  };
  const read = (ref: string): Expr => {
    const inner = only(ref)?.instruction;
    // One reading per merged map: an expression that repeats it would repeat its work.
    const once = map.args.filter((arg) => arg === ref).length === 1 && readings(map.expr, map.args.indexOf(ref)) === 1;
    if (inner?.op !== 'map' || !once || partsOf(inner.expr) > MOST_PARTS) return place(ref);
    return substitute(inner.expr, (leaf) => (leaf.op === 'argument' ? place(inner.args[leaf.index] ?? ref) : leaf));
  };
  const expr = substitute(map.expr, (leaf) =>
    leaf.op === 'argument' ? read(required(map.args[leaf.index], 'operand of a map')) : leaf,
  );
  return args.length === 0 ? map : { op: 'map', expr, args };
}

/** Parts of an expression up to which it is merged into another: deeper ones would cost every walk over them its stack. */
const MOST_PARTS = 400;

const counted = new WeakMap<Expr, number>();

/** How many operations and leaves an expression has; repeated parts count as often as they stand there. */
function partsOf(expr: Expr): number {
  const known = counted.get(expr);
  if (known !== undefined) return known;
  let count = 1;
  if (expr.op === 'unary') count += partsOf(expr.arg);
  if (expr.op === 'binary') count += partsOf(expr.left) + partsOf(expr.right);
  counted.set(expr, count);
  return count;
}

/** Whether some operand of a rewritten map still has all axes of its result. */
function givesAxes(instruction: Instruction, node: Node, kept: ReadonlyMap<string, Node>): boolean {
  if (instruction.op !== 'map') return true;
  return instruction.args.some((ref) => contains(kept.get(ref)?.type.axes ?? [], node.type.axes));
}
