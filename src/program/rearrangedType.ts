/** The type of a value whose entries are only moved along fixed axes, or everything that is wrong with it. */

import { type Axis, intersection, sameAxes, spaceOf, without } from './axes.ts';
import { type InstructionOf, operands, type ValueType } from './instructions.ts';
import { fitProblems, movedAxes, type Start } from './rearranging.ts';
import { checkAxes, quote, real, requireAxes, requireDistinct, requireReal, type Scope, show } from './typeChecks.ts';

type Moved = InstructionOf<'split' | 'merge' | 'concat' | 'select' | 'pad'>;

/** What each of the instructions does, for messages. */
const DOES = { split: 'split', merge: 'merged', concat: 'joined', select: 'selected', pad: 'padded' } as const;

export function rearrangedType(moved: Moved, scope: Scope, problems: string[]): ValueType {
  const { from, to } = movedAxes(moved);
  const refs = operands(moved);
  const types = refs.map(scope.type);
  const count = problems.length;
  if (moved.op !== 'concat') for (const list of [from, to]) requireDistinct(list, problems);
  checkCounts(moved, problems);
  refs.forEach((ref, k) => {
    const type = scope.type(ref);
    // Indices may move, but a zero is no index, and what is joined is added up where it has a limit.
    if (moved.op === 'concat' || moved.op === 'pad') requireReal(ref, type, problems);
    requireAxes(ref, type, moved.op === 'concat' ? from.slice(k, k + 1) : from, problems);
  });
  if (moved.op === 'concat') checkRests(refs, types, from, problems);
  if (moved.op === 'select' || moved.op === 'pad') checkStart(moved.after, scope, problems);
  const [first = real([])] = types;
  const own = moved.op === 'concat' ? from.slice(0, 1) : from;
  const at = first.axes.findIndex((axis) => own.includes(axis));
  const axes = at < 0 ? to : [...first.axes.slice(0, at), ...to, ...without(first.axes.slice(at), own)];
  checkAxes(axes, scope, problems);
  const wide = [...new Set([...from, ...to])].filter((axis) => scope.space(spaceOf(axis))?.kind === 'width');
  if (wide.length > 0)
    problems.push(`axis ${wide.join(', ')} is a width, which is never ${DOES[moved.op]}; only fixed axes are`);
  if (problems.length === count) problems.push(...fitProblems(moved, (axis) => sizeIn(scope, axis)));
  return { ...first, axes };
}

function sizeIn(scope: Scope, axis: Axis): number | undefined {
  const size = scope.space(spaceOf(axis))?.size;
  return typeof size === 'number' ? size : undefined;
}

/** One axis alone, or one operand, would be a renaming. */
function checkCounts(moved: Moved, problems: string[]): void {
  const { from, to } = movedAxes(moved);
  if (moved.op === 'split' && to.length < 2) problems.push('an axis is split into at least two; to move it, rename it');
  if (moved.op === 'merge' && from.length < 2) problems.push('at least two axes are merged; to move one, rename it');
  if (moved.op !== 'concat') return;
  if (from.length < 2) problems.push('at least two values are joined');
  if (from.length !== moved.args.length) problems.push(`${from.length} axes for ${moved.args.length} values to join`);
}

/** Beside their own axes, values that are joined have the same ones. */
function checkRests(
  refs: readonly string[],
  types: readonly ValueType[],
  from: readonly Axis[],
  problems: string[],
): void {
  const rests = types.map((type, k) => without(type.axes, from.slice(k, k + 1)));
  const [expected = []] = rests;
  rests.forEach((rest, k) => {
    const [ref, type] = [refs[k], types[k]];
    if (ref === undefined || type === undefined || sameAxes(rest, expected)) return;
    const shared = intersection(type.axes, from.slice(k, k + 1)).join();
    problems.push(`${quote(ref, type)} has axes ${show(rest)} beside ${shared}, the first value ${show(expected)}`);
  });
}

function checkStart({ entries, spaces }: Start, scope: Scope, problems: string[]): void {
  if (!(Number.isSafeInteger(entries) && entries >= 0))
    problems.push(`the range begins after ${entries} entries, expected a whole number from 0 on`);
  for (const name of spaces) {
    const space = scope.space(name);
    if (space === undefined) problems.push(`the range begins after ${name}, which is no declared space`);
    else if (space.kind === 'width') problems.push(`the range begins after ${name}, which is a width`);
  }
}
