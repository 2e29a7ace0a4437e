/**
 * Pushes gathers towards the inputs: `f(x)[i]` becomes `f(x[i])` wherever f works place by place.
 *
 * A masked language model reads its last block at one position only. Gathering before the block's maps, contractions and
 * normalizations instead of after them leaves one place of the time axis to compute; differentiated afterwards, the
 * backward pass is as sparse, for it never sees the other places. Attention keeps its keys and values, which have a time
 * axis of their own.
 */

import { required } from '../errors/index.ts';
import { type Axis, intersection } from './axes.ts';
import { type Instruction, operands, withOperands } from './instructions.ts';
import { type Node, nodeOf, nodesOf, type Program } from './program.ts';
import { movedAxes } from './rearranging.ts';
import { rewrite } from './rewrite.ts';
import { simplify } from './simplify.ts';
import type { Writer } from './writer.ts';

/** One way of picking places: by this index along this axis. */
interface Pick {
  readonly index: string;
  readonly axis: Axis;
}

/**
 * The same program with every gather moved past the instructions that commute with it. A value that something else needs
 * whole is computed whole and gathered afterwards, as before.
 */
export function pushGathers(original: Program): Program {
  const program = indicesFirst(original);
  const picks = pickedNodes(program);
  if (picks.size === 0) return original;
  const pushed = rewrite(program, (node, writer) => {
    const { name, instruction } = node;
    const pick = picks.get(name);
    if (pick !== undefined) return atPick(node, pick, writer, program, picks);
    if (instruction.op !== 'gather' || !picks.has(instruction.table)) return undefined;
    return { op: 'rename', arg: instruction.table, axes: [] };
  });
  // A gather that met another one on its way may now go on.
  return pushGathers(simplify(pushed));
}

/** Given indices before everything else, so that what is gathered early can name them. */
function indicesFirst(program: Program): Program {
  const indices = new Set(nodesOf(program, 'gather').map(({ instruction }) => instruction.index));
  const first = program.nodes.filter(
    ({ name, instruction }) => indices.has(name) && operands(instruction).length === 0,
  );
  return { ...program, nodes: [...first, ...program.nodes.filter((node) => !first.includes(node))] };
}

/** Values that are read at the places of one pick only, and whose instruction commutes with it. */
function pickedNodes(program: Program): Map<string, Pick> {
  const picks = new Map<string, Pick>();
  const wanted = new Map<string, (Pick | 'whole')[]>();
  const want = (ref: string, how: Pick | 'whole'): void => {
    wanted.set(ref, [...(wanted.get(ref) ?? []), how]);
  };
  const position = new Map(program.nodes.map((node, k) => [node.name, k]));
  for (const { value } of program.outputs) want(value, 'whole');
  for (const node of [...program.nodes].reverse()) {
    const { instruction } = node;
    const pick = common(wanted.get(node.name) ?? []);
    const place = required(position.get(node.name), `place of "${node.name}"`);
    const known = pick !== undefined && (position.get(pick.index) ?? place) < place;
    if (known && commutes(node, pick, nodeOf(program, pick.index).type.axes)) {
      picks.set(node.name, pick);
      for (const ref of operands(instruction)) {
        want(ref, nodeOf(program, ref).type.axes.includes(pick.axis) ? pick : 'whole');
      }
    } else if (instruction.op === 'gather') {
      want(instruction.table, { index: instruction.index, axis: instruction.axis });
      want(instruction.index, 'whole');
    } else for (const ref of operands(instruction)) want(ref, 'whole');
  }
  return picks;
}

function common(wishes: readonly (Pick | 'whole')[]): Pick | undefined {
  const [first] = wishes;
  if (first === undefined || first === 'whole') return undefined;
  const same = (wish: Pick | 'whole'): boolean =>
    wish !== 'whole' && wish.index === first.index && wish.axis === first.axis;
  return wishes.every(same) ? first : undefined;
}

/** Whether f(…)[i] = f(…[i]): f treats the picked axis, and those of the index, place by place. */
function commutes({ instruction }: Node, { axis }: Pick, indexAxes: readonly Axis[]): boolean {
  const touched = [axis, ...indexAxes];
  switch (instruction.op) {
    case 'map':
      return true;
    case 'contract':
    case 'reduce':
    case 'call':
      return intersection(instruction.over, touched).length === 0;
    case 'rename':
      return intersection(instruction.axes.flat(), touched).length === 0;
    case 'window':
    case 'overlap':
      return intersection([instruction.axis, instruction.position, instruction.offset], touched).length === 0;
    case 'split':
    case 'merge':
    case 'concat':
    case 'select':
    case 'pad': {
      const { from, to } = movedAxes(instruction);
      return intersection([...from, ...to], touched).length === 0;
    }
    case 'input':
    case 'parameter':
    case 'constant':
    case 'broadcast':
    case 'gather':
    case 'scatter':
      return false;
  }
}

/** The instruction on operands that are picked already, or are gathered here. */
function atPick(
  node: Node,
  pick: Pick,
  writer: Writer,
  program: Program,
  picks: ReadonlyMap<string, Pick>,
): Instruction {
  return withOperands(node.instruction, (ref) => {
    const { axes } = nodeOf(program, ref).type;
    if (picks.has(ref) || !axes.includes(pick.axis)) return ref;
    return writer.write({ op: 'gather', table: ref, index: pick.index, axis: pick.axis }).name;
  });
}
