/** Late binding: the sizes of a program's spaces from given symbols and the shapes of what it is fed. */

import { required } from '../errors/index.ts';
import { printSize, type Sizes, type Space, sameAxes, spaceOf } from './axes.ts';
import { type Mismatch, mismatches } from './errors.ts';
import { sizesOf } from './expressions.ts';
import { feedsOf, type Program } from './program.ts';
import { fitProblems } from './rearranging.ts';
import { entries, type Tensors } from './tensor.ts';
import { strayIndices } from './typeChecks.ts';
import { reachProblems, windowSizes } from './windowing.ts';

/** Ratios such as 7/3 are rounded to f64; sizes that differ by less than this share are the same. */
const ROUNDING = 1e-12;

/** What fixes a symbol: a number, and where it came from. */
interface Binding {
  readonly value: number;
  readonly source: string;
}

/**
 * The size of every space, from symbols given by name (`{ batch: 16, n: 1024 }`) and from the shapes of feeds, each on
 * the axes of its input or parameter in any order.
 *
 * Spaces that nothing in the program uses are left out. Throws {@link UserError} `program.mismatch` with all
 * disagreements at once, each with where the size was bound first: feeds that are missing, carry other axes, or
 * contradict a size; symbols that nothing binds.
 */
export function bind(program: Program, given: Sizes, feeds: Tensors = {}, requireFeeds = false): Sizes {
  const found: Mismatch[] = [];
  const symbols = new Map<string, Binding>();
  for (const [symbol, value] of Object.entries(given)) symbols.set(symbol, { value, source: 'given' });
  for (const node of feedsOf(program)) {
    const feed = Object.hasOwn(feeds, node.name) ? feeds[node.name] : undefined;
    const where = `${node.instruction.op} "${node.name}"`;
    if (feed === undefined) {
      if (requireFeeds) found.push({ where, problem: `not given; expected axes [${node.type.axes.join(', ')}]` });
      continue;
    }
    if (!sameAxes(feed.axes, node.type.axes)) {
      const [has, wants] = [feed.axes.join(', '), node.type.axes.join(', ')];
      found.push({ where, problem: `given axes [${has}], expected [${wants}]` });
      continue;
    }
    if (feed.shape.length !== feed.axes.length) {
      found.push({ where, problem: `shape ${feed.shape.join(' × ')} for axes [${feed.axes.join(', ')}]` });
      continue;
    }
    if (entries(feed.shape) !== feed.data.length) {
      found.push({ where, problem: `${feed.data.length} numbers for shape ${feed.shape.join(' × ')}` });
    }
    feed.axes.forEach((axis, k) => {
      const space = program.spaces.find((candidate) => candidate.name === spaceOf(axis));
      if (space !== undefined)
        unify(space, required(feed.shape[k], `size of axis "${axis}"`), `${where} axis ${axis}`, symbols, found);
    });
  }
  const used = usedSpaces(program);
  const spaces = program.spaces.filter((space) => used.has(space.name));
  const sizes = Object.fromEntries(spaces.map((space) => [space.name, resolve(space, symbols, found)]));
  if (found.length === 0) found.push(...misfits(program, sizes));
  if (found.length > 0) throw mismatches(`sizes of program "${program.name}"`, found);
  return sizes;
}

/**
 * Windows that lie beside the axis that they are taken of, axes of other sizes than those that take their place, and
 * constant indices of what is not there.
 */
function misfits({ nodes }: Program, sizes: Sizes): Mismatch[] {
  return nodes.flatMap(({ name, type, instruction }) => {
    const where = `${instruction.op} "${name}"`;
    switch (instruction.op) {
      case 'constant': {
        if (type.kind !== 'index') return [];
        const size = required(sizes[type.of], `size of ${type.of}`);
        return strayIndices(instruction.values, type.of, size).map((problem) => ({ where, problem }));
      }
      case 'window':
      case 'overlap':
        return reachProblems(instruction, windowSizes(instruction, sizes)).map((problem) => ({ where, problem }));
      case 'split':
      case 'merge':
      case 'concat':
      case 'select':
      case 'pad':
        return fitProblems(instruction, (axis) => sizes[spaceOf(axis)]).map((problem) => ({ where, problem }));
      default:
        return [];
    }
  });
}

/** Spaces that some value has an axis of, points into, or reads the size of, itself or in its law; others need no size. */
function usedSpaces(program: Program): Set<string> {
  const used = new Set<string>();
  for (const { type, instruction } of program.nodes) {
    for (const axis of type.axes) used.add(spaceOf(axis));
    if (type.kind === 'index') used.add(type.of);
    if (instruction.op === 'select' || instruction.op === 'pad')
      for (const space of instruction.after.spaces) used.add(space);
    if (instruction.op === 'map') for (const space of sizesOf(instruction.expr)) used.add(space);
    if (instruction.op !== 'input' && instruction.op !== 'parameter') continue;
    const { law } = instruction;
    if (law !== undefined && law.kind !== 'constant') for (const { space } of law.powers) used.add(space);
  }
  return used;
}

function unify(space: Space, size: number, source: string, symbols: Map<string, Binding>, found: Mismatch[]): void {
  if (typeof space.size === 'number') {
    if (size !== space.size) {
      found.push({ where: source, problem: `size ${size}, but space ${space.name} is declared with ${space.size}` });
    }
    return;
  }
  const value = size / space.size.ratio;
  const known = symbols.get(space.size.symbol);
  if (known === undefined) symbols.set(space.size.symbol, { value, source });
  else if (Math.abs(known.value - value) > ROUNDING * value) {
    const expected = known.value * space.size.ratio;
    found.push({
      where: source,
      problem: `size ${size}, but ${printSize(space.size)} = ${expected} (${known.source})`,
    });
  }
}

function resolve(space: Space, symbols: ReadonlyMap<string, Binding>, found: Mismatch[]): number {
  if (typeof space.size === 'number') return space.size;
  const bound = symbols.get(space.size.symbol);
  const where = `space ${space.name}`;
  if (bound === undefined) {
    found.push({ where, problem: `no size; give ${space.size.symbol}, or a feed that has the axis` });
    return 0;
  }
  const exact = bound.value * space.size.ratio;
  const size = Math.abs(exact - Math.round(exact)) <= ROUNDING * exact ? Math.round(exact) : exact;
  if (!Number.isInteger(size) || size <= 0) {
    found.push({ where, problem: `size ${size} (${bound.source}), expected a positive whole number` });
  }
  return size;
}

/**
 * The symbols behind the sizes of a program's spaces, from those given and from the shapes of feeds, each on the axes
 * of its input or parameter in any order: sizes that are told by symbols alone. Throws {@link UserError}
 * `program.mismatch`, as {@link bind} does.
 */
export function symbolsOf(program: Program, given: Sizes, feeds: Tensors, requireFeeds = false): Sizes {
  const sizes = bind(program, given, feeds, requireFeeds);
  const found = program.spaces.flatMap(({ name, size }) => {
    const value = sizes[name];
    return typeof size === 'number' || value === undefined ? [] : [[size.symbol, value / size.ratio] as const];
  });
  return { ...Object.fromEntries(found), ...given };
}

/** Sizes of a list of axes, one for each, in their order. */
export function shapeOf(axes: readonly string[], sizes: Sizes): number[] {
  return axes.map((axis) => required(sizes[spaceOf(axis)], `size of axis "${axis}"`));
}
