/** A chain that is no encoder: odd axes, a width, a table, values that skip stages, one name handed out twice. */

import {
  add,
  build,
  type Chain,
  fixed,
  mul,
  type Program,
  type Sizes,
  type Stage,
  unary,
  width,
} from '../../../src/program/index.ts';

/** Symbols of the chain's spaces, and sizes by space. */
export const SIZES: Sizes = { item: 3, slot: 4, wide: 5, leaf: 6, hue: 2, kin: 2 };

const start = (name: string) =>
  build(name, { item: fixed(), slot: fixed(), wide: width(), leaf: fixed(6), hue: fixed(2), kin: fixed(2) });

/** Rows of a table and a product; `trunk` leaves for the next two stages, `shade`, which is no item's own, for the last. */
function root(): Program {
  const b = start('root');
  const rows = b.gather(b.parameter('table', ['leaf', 'wide']), b.index('pick', 'leaf', ['slot', 'item']), 'leaf');
  const kin = b.gather(b.parameter('kin table', ['kin', 'wide']), b.constantIndex('kin', 1), 'kin');
  const turned = b.contract(rows, b.parameter('turn', ['wide', "wide'"]), ['wide']);
  const active = b.map([b.rename(turned, "wide'", 'wide')], (u) => unary('tanh', u));
  b.output('trunk', b.add<'slot' | 'item' | 'wide'>(active, [kin]));
  b.output(
    'shade',
    b.map([b.plain(b.parameter('tint', ['hue']))], (u) => unary('sin', u)),
  );
  return b.finish();
}

/** Reads the trunk and makes a branch; its matrix is used twice. */
function middle(): Program {
  const b = start('middle');
  const x = b.input('trunk', ['item', 'slot', 'wide']);
  const weight = b.parameter('mix', ["wide'", 'wide']);
  const once = b.map([b.rename(b.contract(x, weight, ['wide']), "wide'", 'wide')], (u) => unary('tanh', u));
  const twice = b.rename(b.contract(once, weight, ['wide']), "wide'", 'wide');
  const gain = b.parameter('gain', ['wide']);
  b.output('branch', b.contract(twice, gain, []));
  return b.finish();
}

/** Reads the trunk of two stages before, the branch of the one before, and hands the trunk out anew. */
function crown(): Program {
  const b = start('crown');
  const trunk = b.input('trunk', ['item', 'slot', 'wide']);
  const branch = b.input('branch', ['slot', 'item', 'wide']);
  const both = b.map([trunk, branch], (u, v) => add(mul(u, u), v));
  const mixed = b.contract(both, b.parameter('cross', ["slot'", 'slot', 'wide', "wide'"]), ['slot', 'wide']);
  const back = b.rename(b.rename(mixed, "slot'", 'slot'), "wide'", 'wide');
  b.output(
    'trunk',
    b.map([back, trunk], (u, v) => add(unary('tanh', u), v)),
  );
  return b.finish();
}

/** Reads the new trunk and the shade; an output that nobody reads is left in. */
function tip(): Program {
  const b = start('tip');
  const x = b.input('trunk', ['item', 'slot', 'wide']);
  const pooled = b.mean(x, ['wide']);
  const weights = b.parameter('fold', ['hue', 'slot']);
  const score = b.contract(pooled, weights, ['slot']);
  const shade = b.input('shade', ['hue']);
  const scale = b.input('scale', ['item']);
  b.output(
    'verdict',
    b.map([b.add<'item' | 'hue'>(score, [shade]), scale], (u, v) => mul(u, v)),
  );
  b.output(
    'aside',
    b.map([x], (u) => mul(u, u)),
  );
  return b.finish();
}

const stage = (name: string, program: Program, parameters: Record<string, string>): Stage => ({
  name,
  program,
  parameters,
});

/** Two middles share one program; the first one's branch is replaced before anybody reads it. */
export function tree(): Chain {
  const shared = middle();
  return {
    name: 'tree',
    stages: [
      stage('root', root(), {}),
      stage('middle.0', shared, { mix: 'a.mix', gain: 'a.gain' }),
      stage('middle.1', shared, { mix: 'b.mix', gain: 'b.gain' }),
      stage('crown', crown(), {}),
      stage('tip', tip(), {}),
    ],
  };
}
