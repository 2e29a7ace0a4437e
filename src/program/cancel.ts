/** Rearrangements of rearrangements: pairs that undo each other, and ranges of ranges. */

import { type Axis, spaceOf } from './axes.ts';
import type { Instruction, Ref } from './instructions.ts';
import { AT_ONCE, behind, sameStart, startOfOperand } from './rearranging.ts';

/** The same instruction, or a simpler one: for those that undo what their operand does, a renaming. */
export function cancelled(instruction: Instruction, source: (ref: Ref) => Instruction | undefined): Instruction {
  switch (instruction.op) {
    case 'split': {
      const inner = source(instruction.arg);
      const undone = inner?.op === 'merge' && inner.into === instruction.axis;
      return (undone && renamed(inner.arg, inner.axes, instruction.into)) || instruction;
    }
    case 'merge': {
      const inner = source(instruction.arg);
      const undone = inner?.op === 'split' && sameList(inner.into, instruction.axes);
      return (undone && renamed(inner.arg, [inner.axis], [instruction.into])) || instruction;
    }
    case 'select': {
      const { arg, axis, into, after } = instruction;
      const whole = sameStart(after, AT_ONCE) ? renamed(arg, [axis], [into]) : undefined;
      if (whole !== undefined) return whole;
      const inner = source(arg);
      if (inner === undefined || !('into' in inner) || inner.into !== axis) return instruction;
      if (inner.op === 'select') return { ...inner, into, after: behind(inner.after, after) };
      if (inner.op === 'pad' && sameStart(inner.after, after))
        return renamed(inner.arg, [inner.axis], [into]) ?? instruction;
      if (inner.op !== 'concat') return instruction;
      const k = inner.axes.findIndex((_, place) => sameStart(startOfOperand(inner, place), after));
      const [ref, own] = [inner.args[k], inner.axes[k]];
      return (ref !== undefined && own !== undefined && renamed(ref, [own], [into])) || instruction;
    }
    case 'pad': {
      const { arg, axis, into, after } = instruction;
      const whole = sameStart(after, AT_ONCE) ? renamed(arg, [axis], [into]) : undefined;
      if (whole !== undefined) return whole;
      const inner = source(arg);
      if (inner?.op !== 'pad' || inner.into !== axis) return instruction;
      return { ...inner, into, after: behind(inner.after, after) };
    }
    default:
      return instruction;
  }
}

/** Axes under other names, where they are copies of the same spaces and so have the same sizes. */
function renamed(arg: Ref, from: readonly Axis[], to: readonly Axis[]): Instruction | undefined {
  if (!sameList(from.map(spaceOf), to.map(spaceOf))) return undefined;
  const pairs = from.map((axis, k) => [axis, to[k] ?? axis] as const);
  return { op: 'rename', arg, axes: pairs.filter(([source, target]) => source !== target) };
}

const sameList = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, k) => name === right[k]);
