/** One small program for each instruction, function and scalar map, for every interpreter. */

import {
  type Axis,
  add,
  argument,
  build,
  div,
  type Expr,
  fixed,
  maximum,
  minimum,
  mul,
  type Program,
  pow,
  sizePower,
  sub,
  type UnaryName,
  unary,
  unaryFunctions,
  type Value,
  type ValueType,
  type WindowingLike,
  Writer,
  width,
} from '../../src/program/index.ts';

export interface Case {
  readonly name: string;
  readonly program: Program;
  /** Feeds with respect to which the output is smooth at random points. */
  readonly smooth: readonly string[];
}

export const sizes = { batch: 3, time: 4, n: 5, vocabulary: 7 };

const spaces = {
  batch: fixed(),
  time: fixed(),
  class: fixed(2),
  head: fixed(2),
  vocabulary: fixed(),
  half: fixed(2),
  place: fixed(3),
  tap: fixed(2),
  kernel: fixed(3),
  joint: fixed(6),
  all: fixed(8),
  one: fixed(1),
  next: fixed({ symbol: 'time', ratio: 1.5 }),
  n: width(),
  wide: width({ symbol: 'n', ratio: 2 }),
};
const start = (name: string) => build(name, spaces);

function mapCase(name: string, expr: Expr, second = false): Case {
  const b = start(name);
  const x = b.input('x', ['batch', 'n']);
  const y = b.input('y', ['n']);
  b.output(
    'f',
    b.map([x, y], (u, v) => substituted(expr, second ? [u, v] : [u, u])),
  );
  return { name, program: b.finish(), smooth: second ? ['x', 'y'] : ['x'] };
}

function substituted(expr: Expr, operands: readonly Expr[]): Expr {
  switch (expr.op) {
    case 'argument':
      return operands[expr.index] ?? expr;
    case 'unary':
      return unary(expr.name, substituted(expr.arg, operands));
    case 'binary':
      return { ...expr, left: substituted(expr.left, operands), right: substituted(expr.right, operands) };
    default:
      return expr;
  }
}

/** log and sqrt are tested where they are defined. */
const positive = new Set<UnaryName>(['log', 'sqrt']);

const unaryCases: Case[] = Object.keys(unaryFunctions).map((key) => {
  const name = key as UnaryName; // keys of the table of functions
  const x = argument(0);
  return mapCase(
    `map ${name}`,
    unary(
      name,
      positive.has(name) ? { op: 'binary', name: 'add', left: mul(x, x), right: { op: 'constant', value: 0.5 } } : x,
    ),
  );
});

function contractCase(name: string, left: readonly Axis[], right: readonly Axis[], over: readonly Axis[]): Case {
  const writer = new Writer(name);
  for (const space of start('').finish().spaces) writer.space(space);
  const a = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes: left } }, 'x');
  const b = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes: right } }, 'y');
  writer.output('f', writer.contract(a, b, over));
  return { name: `contract ${name}`, program: writer.finish(), smooth: ['x', 'y'] };
}

function oneInput(
  name: string,
  make: (
    b: ReturnType<typeof start>,
    x: ReturnType<typeof inputOf>,
  ) => { name: string; type: Program['nodes'][number]['type'] },
): Case {
  const b = start(name);
  b.output('f', make(b, inputOf(b)));
  return { name, program: b.finish(), smooth: ['x'] };
}

const inputOf = (b: ReturnType<typeof start>) => b.input('x', ['batch', 'time', 'n']);

export const cases: readonly Case[] = [
  ...unaryCases,
  mapCase(
    'map quotient',
    div(argument(0), {
      op: 'binary',
      name: 'add',
      left: mul(argument(1), argument(1)),
      right: { op: 'constant', value: 1 },
    }),
    true,
  ),
  mapCase('map max', maximum(argument(0), argument(1)), true),
  mapCase('map min', minimum(argument(0), argument(1)), true),
  mapCase('map difference of powers', sub(pow(argument(0), 3), mul(sizePower('n', -0.5), argument(1))), true),
  contractCase('dense layer', ['batch', 'time', 'n'], ['wide', 'n'], ['n']),
  contractCase('dense layer, transposed weight', ['batch', 'time', 'n'], ['n', 'wide'], ['n']),
  contractCase('weight first', ['wide', 'n'], ['batch', 'n'], ['n']),
  contractCase('attention scores', ['batch', 'time', 'head', 'n'], ['batch', "time'", 'head', 'n'], ['n']),
  contractCase('attention values', ['batch', 'head', 'time', "time'"], ['batch', "time'", 'head', 'n'], ["time'"]),
  contractCase('two summed axes', ['batch', 'head', 'time', 'n'], ['wide', 'head', 'n'], ['head', 'n']),
  contractCase('outer product', ['batch', 'n'], ["n'"], []),
  contractCase('gain', ['batch', 'time', 'n'], ['n'], []),
  contractCase(
    'gradient with a riding axis',
    ['batch', 'class', 'time', 'head', 'n'],
    ['batch', 'time', 'wide'],
    ['time'],
  ),
  contractCase('summed in another order', ['n', 'time', 'batch'], ['time', 'wide', 'n'], ['n', 'time']),
  contractCase('shared in another order', ['time', 'batch', 'n'], ['batch', 'time', 'n'], ['n']),
  contractCase('inner product', ['batch', 'n'], ['batch', 'n'], ['batch', 'n']),
  contractCase('matrix and vector', ['batch', 'n'], ['n'], ['n']),
  oneInput('sum', (b, x) => b.sum(x, ['time', 'n'])),
  oneInput('mean', (b, x) => b.mean(x, ['n', 'batch'])),
  oneInput('mean of everything', (b, x) => b.mean(x, ['batch', 'time', 'n'])),
  oneInput('max', (b, x) => b.max(x, ['time'])),
  oneInput('broadcast', (b, x) => b.broadcast(x, ["n'", 'class'])),
  oneInput('broadcast, then reduced', (b, x) => b.sum(b.broadcast(x, ["n'", 'class']), ["n'", 'time'])),
  oneInput('rename', (b, x) => b.rename(x, 'n', "n'")),
  oneInput('softmax', (b, x) => b.call('softmax', x, ['time'])),
  oneInput('softmax over two axes', (b, x) => b.call('softmax', x, ['time', 'n'])),
  oneInput('logSumExp', (b, x) => b.call('logSumExp', x, ['n'])),
  oneInput('normalize', (b, x) => b.call('normalize', x, ['n'], { epsilon: 1e-5 })),
  oneInput('normalize over two axes', (b, x) => b.call('normalize', x, ['time', 'n'], { epsilon: 1e-5 })),
  oneInput('inverseDeviation', (b, x) => b.call('inverseDeviation', x, ['time'], { epsilon: 1e-5 })),
  oneInput('constant', (b, x) => b.contract(x, b.constant([1, -2, 0.5, 3], ['class', 'head']), [])),
  oneInput('map with a repeated operand', (b, x) =>
    b.map([x, b.broadcast(b.mean(x, ['time']), ['time'])], (u, v) => mul(u, v)),
  ),
  (() => {
    const b = start('matrix plus functions of vectors');
    const [w, x, y, z] = [
      b.input('w', ['wide', 'n']),
      b.input('x', ['wide']),
      b.input('y', ['n']),
      b.input('z', ['n']),
    ];
    const moved = b.map([w, x, y], (u, v, t) => add(u, mul(sizePower('n', -1), mul(unary('sin', v), t))));
    b.output('f', b.contract(moved, z, ['n']));
    return { name: 'matrix plus functions of vectors', program: b.finish(), smooth: ['w', 'x', 'y', 'z'] };
  })(),
  (() => {
    const b = start('sum over one of three width axes');
    const [x, y, z] = [b.input('x', ['n']), b.input('y', ['n']), b.input('z', ['wide'])];
    const three = b.contract(b.contract(x, b.rename(y, 'n', "n'"), []), z, []);
    const waves = b.map([three], (u) => mul(sizePower('n', -1), unary('sin', u)));
    b.output('f', b.mean(b.sum(waves, ['wide']), ["n'"]));
    return { name: 'sum over one of three width axes', program: b.finish(), smooth: ['x', 'y', 'z'] };
  })(),
  (() => {
    const b = start('rename of an outer product');
    const [x, y, z] = [b.input('x', ['wide']), b.input('y', ['n']), b.input('z', ['wide'])];
    const outer = b.rename(
      b.map([b.contract(x, y, [])], (u) => mul(sizePower('n', -1), u)),
      'n',
      "n'",
    );
    b.output('f', b.contract(outer, z, ['wide']));
    return { name: 'rename of an outer product', program: b.finish(), smooth: ['x', 'y', 'z'] };
  })(),
  (() => {
    const b = start('gather rows');
    const table = b.input('x', ['vocabulary', 'n']);
    b.output('f', b.gather(table, b.index('i', 'vocabulary', ['batch', 'time']), 'vocabulary'));
    return { name: 'gather rows', program: b.finish(), smooth: ['x'] };
  })(),
  (() => {
    const b = start('gather one position each');
    b.output('f', b.gather(inputOf(b), b.index('i', 'time', ['batch']), 'time'));
    return { name: 'gather one position each', program: b.finish(), smooth: ['x'] };
  })(),
  (() => {
    const b = start('gather a fixed position');
    b.output('f', b.gather(inputOf(b), b.constantIndex('time', 2), 'time'));
    return { name: 'gather a fixed position', program: b.finish(), smooth: ['x'] };
  })(),
  scatterCase('scatter, summed', ['batch', 'time'], 'vocabulary', ['batch', 'time']),
  scatterCase('scatter, kept batch', ['batch', 'time'], 'vocabulary', ['time']),
  scatterCase('scatter, nothing summed', ['batch'], 'vocabulary', []),
  oneInput('window', (b, x) => b.window(x, { axis: 'time', position: 'place', offset: 'tap' })),
  oneInput('window onto its own axis', (b, x) =>
    b.window(x, { axis: 'time', position: 'time', offset: 'kernel', before: 1 }),
  ),
  oneInput('window, strided and padded', (b, x) =>
    b.window(x, { axis: 'time', position: 'half', offset: 'kernel', stride: 2, before: 1 }),
  ),
  oneInput('window, beyond both ends', (b, x) =>
    b.window(x, { axis: 'time', position: 'place', offset: 'kernel', stride: 2, before: 1 }),
  ),
  oneInput('window, dilated', (b, x) =>
    b.window(x, { axis: 'time', position: 'half', offset: 'tap', dilation: 2, before: 1 }),
  ),
  oneInput('window, skipping entries', (b, x) =>
    b.window(x, { axis: 'time', position: 'half', offset: 'tap', stride: 2, dilation: 2 }),
  ),
  oneInput('window, cut into pieces', (b, x) =>
    b.window(x, { axis: 'time', position: 'half', offset: 'tap', stride: 2 }),
  ),
  oneInput('window of a repeated value', (b, x) =>
    b.window(b.broadcast(b.mean(x, ['time']), ['time']), { axis: 'time', position: 'time', offset: 'tap', before: 1 }),
  ),
  oneInput('windows along two axes', (b, x) =>
    b.window(b.window(x, { axis: 'time', position: 'place', offset: 'tap' }), {
      ...{ axis: 'batch', position: 'half', offset: 'kernel', before: 1 },
    }),
  ),
  oneInput('windows along two axes, cut into pieces along one', (b, x) =>
    b.window(b.window(x, { axis: 'batch', position: 'batch', offset: 'kernel', before: 1 }), {
      ...{ axis: 'time', position: 'half', offset: 'tap', stride: 2 },
    }),
  ),
  oneInput('windows of windows along one axis', (b, x) =>
    b.window(b.window(x, { axis: 'time', position: 'place', offset: 'tap' }), {
      ...{ axis: 'place', position: 'half', offset: 'kernel', before: 1 },
    }),
  ),
  oneInput('windows along two axes, the first read twice', (b, x) => {
    const first = b.window(x, { axis: 'time', position: 'time', offset: 'tap', before: 1 });
    const second = b.window(first, { axis: 'batch', position: 'batch', offset: 'kernel', before: 1 });
    return b.map([second, first], (u, v) => mul(u, v));
  }),
  oneInput('convolution', (b, x) => {
    const windows = b.window(x, { axis: 'time', position: 'half', offset: 'kernel', stride: 2, before: 1 });
    return b.contract(windows, b.input('y', ['kernel', 'n', 'wide']), ['kernel', 'n']);
  }),
  overlapCase('overlap', ['batch', 'place', 'tap', 'n'], { axis: 'time', position: 'place', offset: 'tap' }),
  overlapCase('overlap, axes apart', ['kernel', 'batch', 'n', 'half'], {
    ...{ axis: 'time', position: 'half', offset: 'kernel', stride: 2, before: 1 },
  }),
  overlapCase('overlap, dilated', ['batch', 'half', 'n', 'tap'], {
    ...{ axis: 'time', position: 'half', offset: 'tap', dilation: 2, before: 1 },
  }),
  overlapCase('overlap, pieces joined', ['tap', 'batch', 'half'], {
    ...{ axis: 'time', position: 'half', offset: 'tap', stride: 2 },
  }),
  overlapCase('overlap, leaving zeros', ['half', 'tap', 'n'], {
    ...{ axis: 'vocabulary', position: 'half', offset: 'tap', stride: 4 },
  }),
  oneInput('split', (b, x) => b.split(x, 'time', ['half', 'tap'])),
  oneInput('split into a copy of itself', (b, x) => b.split(b.select(x, 'time', 'tap'), 'tap', ['tap', 'one'])),
  oneInput('split of a repeated value', (b, x) =>
    b.split(b.broadcast(b.mean(x, ['time']), ['time']), 'time', ['half', 'tap']),
  ),
  oneInput('split, then contracted', (b, x) =>
    b.contract(b.split(x, 'time', ['half', 'tap']), b.input('y', ['tap', 'n', 'wide']), ['tap', 'n']),
  ),
  oneInput('merge', (b, x) => b.merge(b.split(x, 'time', ['half', 'tap']), ['tap', 'half'], 'time')),
  oneInput('merge, axes apart', (b, x) =>
    b.merge(b.rename(b.select(x, 'time', 'half'), 'half', 'tap'), ['tap', 'batch'], 'joint'),
  ),
  oneInput('select', (b, x) => b.select(x, 'time', 'half', 1)),
  oneInput('select the end', (b, x) => b.select(x, 'time', 'half', 'tap')),
  oneInput('select everything', (b, x) => b.select(x, 'time', "time'")),
  oneInput('select of a mapped value', (b, x) =>
    b.map(
      [
        b.select(
          b.map([x], (u) => unary('tanh', u)),
          'time',
          'kernel',
          1,
        ),
      ],
      (u) => mul(u, u),
    ),
  ),
  oneInput('pad', (b, x) => b.pad(x, 'time', 'joint', 1)),
  oneInput('pad of a repeated value', (b, x) => b.pad(b.broadcast(x, ['half']), 'half', "time'", 'tap')),
  oneInput('concat', (b, x) => b.concat([x, b.input('y', ['n', 'half', 'batch'])], ['time', 'half'], 'joint')),
  oneInput('concat with repetition', (b, x) => b.concat([b.input('y', ['half', 'n']), x], ['half', 'time'], 'joint')),
  oneInput('concat of a value with itself', (b, x) => {
    const part = b.select(x, 'time', 'half', 1);
    return b.concat([part, x, part], ['half', 'time', 'half'], 'all');
  }),
  oneInput('concat, a size bound late', (b, x) =>
    b.concat([x, b.select(x, 'time', 'half', 2)], ['time', 'half'], 'next'),
  ),
  movedIndices(),
];

/** Rows at indices whose own axes were split and cut. */
function movedIndices(): Case {
  const writer = new Writer('gather at moved indices');
  for (const space of start('').finish().spaces) writer.space(space);
  const input = (name: string, type: ValueType): Value => writer.write({ op: 'input', role: 'data', type }, name);
  const table = input('x', { kind: 'real', axes: ['vocabulary', 'n'] });
  const index = input('i', { kind: 'index', of: 'vocabulary', axes: ['batch', 'time'] });
  const pieces = writer.split(writer.select(index, 'batch', 'half', 1), 'time', ['tap', "tap'"]);
  const joined = writer.merge(pieces, ["tap'", 'half'], 'time');
  writer.output('f', writer.write({ op: 'gather', table: table.name, index: joined.name, axis: 'vocabulary' }));
  return { name: 'gather at moved indices', program: writer.finish(), smooth: ['x'] };
}

function overlapCase(name: string, axes: readonly Axis[], windowing: WindowingLike): Case {
  const writer = new Writer(name);
  for (const space of start('').finish().spaces) writer.space(space);
  const x = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, 'x');
  writer.output('f', writer.overlap(x, windowing));
  return { name, program: writer.finish(), smooth: ['x'] };
}

function scatterCase(name: string, indexAxes: readonly Axis[], into: Axis, over: readonly Axis[]): Case {
  const writer = new Writer(name);
  for (const space of start('').finish().spaces) writer.space(space);
  const values = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes: ['batch', 'time', 'n'] } }, 'x');
  const index = writer.write({ op: 'input', role: 'data', type: { kind: 'index', of: into, axes: indexAxes } }, 'i');
  writer.output('f', writer.write({ op: 'scatter', values: values.name, index: index.name, into, over }));
  return { name, program: writer.finish(), smooth: ['x'] };
}
