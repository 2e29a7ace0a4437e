/** Programs drawn at random through the writer: every instruction, any name, any number, raw expression trees. */

import fc, { type GeneratorValue } from 'fast-check';
import {
  type Axis,
  type ExponentLike,
  type Expr,
  type FunctionName,
  gaussian,
  type Law,
  namedFunctions,
  type Program,
  type Role,
  rademacher,
  type Space,
  sizePower,
  type UnaryName,
  unaryFunctions,
  type Value,
  Writer,
} from '../../../src/program/index.ts';

/** Names that look like something else, and ordinary ones. */
const TRICKY = [
  ...['program', 'fixed', 'width', 'data', 'initial', 'state', 'parameter', 'output', 'next', 'no', 'keep', 'of'],
  ...['outer', 'along', 'as', 'map', 'sum', 'mean', 'max', 'min', 'avg', 'scatter', 'window', 'tanh', 'neg', 'normal'],
  ...['overlap', 'stride', 'pad', 'softmax', 'split', 'merge', 'concat', 'select', 'after'],
  ...['Infinity', 'NaN', 'T', 'Wᵀ', 'v1', 'v2', 'bert.encoder.layer.0.x', 'd.x', "h'", "h''", 'ψ', 'x₀', 'outputs'],
  ...['', ' ', 'a b', 'two, three', '#', '"', '\\', '\n', '|n|', '1', '1e5', '-', 'a.', '.a', 'a..b', '𝒳', '__proto__'],
];
/** Any but those that programs refuse. */
const names = fc
  .oneof(fc.constantFrom(...TRICKY), fc.string({ maxLength: 6 }), fc.stringMatching(/^[a-z][a-z0-9_]{0,4}$/))
  .filter((name) => !(name.replace(/'+$/, '') in Object.prototype));
const numbers = fc.oneof(
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    2,
    0.5,
    -0.5,
    1e21,
    1e-7,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ),
);
/** Fractions: halves, thirds, decimals, and any that no decimal is equal to. */
const exponents = fc.oneof(
  fc.constantFrom<ExponentLike>('1/2', '-1/2', '1/3', '-2/3', '1/6', 0, 1, -1, 2, 0.1, -0.3, 1e-7, 0.0009765625),
  fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: 1, max: 2 ** 40 }))
    .map(([numerator, denominator]) => ({ numerator, denominator })),
);
const unaryNames = Object.keys(unaryFunctions) as UnaryName[]; // keys of the table of functions
const functionNames = Object.keys(namedFunctions) as FunctionName[]; // keys of the table of functions
const binaryNames = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow'] as const;

/** A tree over operands and sizes, not folded. */
function trees(operands: number, spaces: readonly string[]): fc.Arbitrary<Expr> {
  const { tree } = fc.letrec<{ tree: Expr }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.nat(operands - 1).map((index): Expr => ({ op: 'argument', index })),
      numbers.map((value): Expr => ({ op: 'constant', value })),
      fc.tuple(fc.constantFrom(...spaces), exponents).map(([space, power]) => sizePower(space, power)),
      fc
        .tuple(fc.constantFrom(...unaryNames, 'neg', 'neg'), tie('tree'))
        .map(([name, arg]): Expr => ({ op: 'unary', name, arg })),
      fc
        .tuple(fc.constantFrom(...binaryNames), tie('tree'), tie('tree'))
        .map(([name, left, right]): Expr => ({ op: 'binary', name, left, right })),
    ),
  }));
  return tree;
}

/** A well-formed program. */
export function randomProgram(draw: GeneratorValue): Program {
  const pick = <T>(items: readonly T[]): T => items[draw(fc.nat, items.length - 1)] as T; // within the list
  const some = <T>(items: readonly T[]): T[] => draw(fc.shuffledSubarray<T>, [...items]);
  const writer = new Writer(draw(() => names));
  const spaces = draw(() =>
    fc.uniqueArray(
      names.map((name) => name.replace(/'+$/, '')),
      { minLength: 3, maxLength: 5 },
    ),
  );
  for (const name of spaces) writer.space(space(name));
  const taken = new Set<string>();
  const handedOut = new Set<string>();
  const fresh = (): string => {
    let name = draw(() => names);
    while (taken.has(name)) name += '_';
    taken.add(name);
    return name;
  };
  const axisList = (): Axis[] => some(spaces.slice(0, 3).flatMap((name) => [name, `${name}'`])).slice(0, 3);
  const real: Value[] = [];
  const parameters: Value[] = [];
  const indices: Value[] = [];
  const keep = (value: Value): void => {
    taken.add(value.name);
    (value.type.kind === 'index' ? indices : real).push(value);
  };
  keep(writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes: axisList() } }, fresh()));
  keep(
    writer.write({ op: 'input', role: 'data', type: { kind: 'index', of: pick(spaces), axes: axisList() } }, fresh()),
  );
  const steps = draw(fc.nat, 12);
  for (let k = 0; k < steps; k++) {
    const value = step();
    if (value !== undefined) keep(value);
  }
  const outputs = draw(() => fc.uniqueArray(names, { maxLength: 3 }));
  for (const name of outputs) if (!handedOut.has(name)) writer.output(name, pick([...real, ...parameters, ...indices]));
  return writer.finish();

  function space(name: string): Space {
    const ratio = draw(() => fc.double({ min: 1e-3, max: 1e6, noNaN: true }));
    const size = pick([
      { symbol: name, ratio: 1 },
      { symbol: draw(() => names), ratio: pick([1, 4, 0.5, ratio]) },
      draw(fc.nat, 3) + 1,
    ]);
    return { name, kind: pick(['fixed', 'width']), size };
  }

  /** A new fixed space with a size of its own. */
  function late(): string {
    let name = draw(() => names).replace(/'+$/, '');
    while (spaces.includes(name)) name += '_';
    spaces.push(name);
    writer.space({ name, kind: 'fixed', size: { symbol: name, ratio: 1 } });
    return name;
  }

  function law(): Law {
    const kind = pick(['gaussian', 'rademacher', 'constant'] as const);
    if (kind === 'constant') return { kind, value: draw(() => numbers) };
    const powers = some(spaces).map((name) => ({ space: name, exponent: draw(() => exponents) }));
    return (kind === 'gaussian' ? gaussian : rademacher)(
      draw(() => numbers),
      powers.slice(0, 2),
    );
  }

  function step(): Value | undefined {
    const a = pick(real);
    const free = spaces.flatMap((name) => [name, `${name}'`]).filter((axis) => !a.type.axes.includes(axis));
    switch (draw(fc.nat, 14)) {
      case 0: {
        const role: Role = pick(['data', 'state']);
        const value = writer.write(
          { op: 'input', role, type: { kind: 'real', axes: axisList() }, law: law() },
          fresh(),
        );
        if (role === 'state') {
          writer.output(value.name, value, 'state');
          handedOut.add(value.name);
        }
        return value;
      }
      case 1: {
        const reason = pick([{}, { zeroGradient: draw(fc.string) }]);
        parameters.push(writer.write({ op: 'parameter', axes: axisList(), law: law(), ...reason }, fresh()));
        return undefined;
      }
      case 2: {
        const axes = some(spaces.filter((name) => typeof writer.spaceNamed(name)?.size === 'number')).slice(0, 2);
        const count = axes.reduce((total, name) => total * Number(writer.spaceNamed(name)?.size), 1);
        const type = pick([{ kind: 'real', axes } as const, { kind: 'index', of: pick(spaces), axes } as const]);
        // Indices into a space of a known size are of entries that it has; into others, anything that the text can say.
        const known = type.kind === 'index' ? writer.spaceNamed(type.of)?.size : undefined;
        const value = (): number => (typeof known === 'number' ? draw(fc.nat, known - 1) : draw(() => numbers));
        const values = Array.from({ length: count }, value);
        return writer.write({ op: 'constant', type, values }, fresh());
      }
      case 3:
      case 4: {
        const fitting = real.filter((value) => value.type.axes.every((axis) => a.type.axes.includes(axis)));
        const more = draw(fc.nat, 3);
        const args = [a, ...Array.from({ length: more }, () => pick(fitting))];
        const order = some(args);
        const operands = [...order, ...(order.includes(a) ? [] : [a])];
        const expr = draw(() => trees(operands.length, spaces));
        return writer.map(expr, operands, fresh());
      }
      case 5: {
        const [left, right] = [pick([...real, ...parameters]), pick([...real, ...parameters])];
        const shared = left.type.axes.filter((axis) => right.type.axes.includes(axis));
        return writer.contract(left, right, some(shared), fresh());
      }
      case 6:
        return writer.reduce(pick(['sum', 'mean', 'max']), a, some(a.type.axes), fresh());
      case 7:
        return writer.broadcast(a, some(free).slice(0, 2), fresh());
      case 8: {
        const index = pick(indices);
        const axis = index.type.kind === 'index' ? index.type.of : '';
        if (!a.type.axes.includes(axis) || index.type.axes.includes(axis)) return undefined;
        return writer.write({ op: 'gather', table: a.name, index: index.name, axis }, fresh());
      }
      case 9: {
        const index = pick(indices);
        const into = index.type.kind === 'index' ? index.type.of : '';
        const values = [a, ...real].find(
          ({ type }) => !type.axes.includes(into) && index.type.axes.every((axis) => type.axes.includes(axis)),
        );
        if (values === undefined) return undefined;
        const over = some(index.type.axes);
        return writer.write({ op: 'scatter', values: values.name, index: index.name, into, over }, fresh());
      }
      case 10: {
        const value = pick([a, ...indices]);
        const axes = some(value.type.axes).flatMap((from) => {
          const to = from.endsWith("'") ? from.slice(0, -1) : `${from}'`;
          return value.type.axes.includes(to) ? [] : [[from, to] as const];
        });
        return writer.rename(value, axes, fresh());
      }
      case 11: {
        const isFixed = (axis: Axis): boolean => writer.spaceNamed(axis.replace(/'+$/, ''))?.kind === 'fixed';
        const [own, other] = [a.type.axes.filter(isFixed), free.filter(isFixed)];
        const [stride, dilation, before] = [1 + draw(fc.nat, 2), 1 + draw(fc.nat, 1), draw(fc.nat, 1)];
        const op = pick(['window', 'overlap'] as const);
        const [from, to] = op === 'window' ? [own, other] : [other, own];
        if (from[0] === undefined || to[0] === undefined || to[1] === undefined) return undefined;
        const axes = { axis: pick(from), position: to[0], offset: to[1] };
        const instruction = { op, arg: a.name, ...axes, stride, dilation, before } as const;
        return writer.infer(instruction).problems.length > 0 ? undefined : writer.write(instruction, fresh());
      }
      case 12: {
        const isFixed = (axis: Axis): boolean => writer.spaceNamed(axis.replace(/'+$/, ''))?.kind === 'fixed';
        const movable = [...real, ...indices].filter(({ type }) => type.axes.some(isFixed));
        if (movable.length === 0) return undefined;
        const value = pick(movable);
        const axis = pick(value.type.axes.filter(isFixed));
        const own = [axis, ...some(value.type.axes.filter((one) => isFixed(one) && one !== axis))];
        // Sizes of spaces that were there seldom fit; those of new ones may be anything.
        const into = pick([...free.filter(isFixed), late(), late()]);
        const other = [into, late()];
        const start = { entries: pick([0, draw(fc.nat, 2)]), spaces: some(spaces).slice(0, 2) };
        const after = pick([start, { entries: 0, spaces: [] }]);
        const beside = real.filter(({ type }) => type.axes.length === value.type.axes.length);
        const args = [value.name, pick([value, ...beside]).name];
        const instruction = pick([
          { op: 'split', arg: value.name, axis, into: other } as const,
          { op: 'merge', arg: value.name, axes: own, into } as const,
          { op: 'select', arg: value.name, axis, into, after } as const,
          { op: 'pad', arg: value.name, axis, into, after } as const,
          { op: 'concat', args, axes: [axis, axis], into } as const,
        ]);
        return writer.infer(instruction).problems.length > 0 ? undefined : writer.write(instruction, fresh());
      }
      default: {
        const attributes = draw(() => fc.dictionary(names, numbers, { maxKeys: 2, noNullPrototype: true }));
        const [name, over] = [pick(functionNames), some(a.type.axes)];
        // A function of a matrix has rows and columns.
        const call = { op: 'call', name, args: [a.name], over, attributes } as const;
        return writer.infer(call).problems.length > 0 ? undefined : writer.write(call, fresh());
      }
    }
  }
}
