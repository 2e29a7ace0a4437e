/** The engine's library, and whether the interpreters compute what mathematics says. */

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Engine } from '../../finite/index.ts';
import { nodeEngine } from '../../finite/node/index.ts';
import { stream } from '../../numeric/index.ts';
import {
  build,
  cotangentName,
  denseGradients,
  fixed,
  gradientName,
  type Program,
  reverse,
  type Tensors,
  tensor,
} from '../../program/index.ts';
import { interpret } from '../../reference/index.ts';
import { type Finding, inOneLine, ok, problem } from './finding.ts';

const AGAIN = 'Install the packages again: npm ci in a clone, npm install nexort elsewhere.';
const LIBRARIES =
  'It is built for glibc and its libstdc++: use Debian, Ubuntu, Fedora or the like, of recent years. Alpine has neither.';
const REPORT =
  'Do not trust figures from this machine, and please report this with the output of nexort doctor --json.';

/** Loads the engine; a native library that is missing or does not load is a finding. */
export async function loadEngine(): Promise<{ readonly finding: Finding; readonly engine?: Engine }> {
  try {
    const engine = nodeEngine();
    // The library is loaded with the first program.
    await engine.run(sum, { x: tensor(['i'], [2], [1, 2]) });
    return { engine, finding: ok('engine', engine.backend.name) };
  } catch (error) {
    const said = inOneLine(error);
    const fix = /glibc|ld-linux|libstdc|shared object/i.test(said) ? LIBRARIES : AGAIN;
    return { finding: missingLibrary() ?? problem('engine', said, fix) };
  }
}

const sum = (() => {
  const b = build('sum', { i: fixed() });
  b.output('total', b.sum(b.input('x', ['i']), ['i']));
  return b.finish();
})();

/** The library for this system, if onnxruntime-node is there without it. */
function missingLibrary(): Finding | undefined {
  const { platform, arch } = process;
  let folder: string;
  try {
    folder = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin', 'napi-v6');
  } catch {
    return problem('engine', 'the package onnxruntime-node is not installed', AGAIN);
  }
  if (existsSync(join(folder, platform, arch, 'onnxruntime_binding.node'))) return undefined;
  const others = existsSync(folder)
    ? readdirSync(folder).flatMap((system) => readdirSync(join(folder, system)).map((kind) => `${system} ${kind}`))
    : [];
  const here = `onnxruntime-node has no library for ${platform} ${arch}`;
  if (others.length === 0 || others.includes(`${platform} ${arch}`)) return problem('engine', here, AGAIN);
  return problem('engine', `${here}, only for ${others.join(', ')}`, 'Use nexort on one of these systems.');
}

/** f64 sums of a few products. */
const REFERENCE_TOLERANCE = 1e-14;
/** f32 sums of a few products. */
const ENGINE_TOLERANCE = 1e-6;

/**
 * With w_i = (0.6, 0.2) ln i, i = 1, 2, 3, and z = (1, 2), the scores w·z are ln i, their softmax p is (1, 2, 3)/6, its
 * mean m of (1, 2, 3) is 7/3, and dm/dw_i = p_i (i − m) z.
 */
const FEEDS: Tensors = {
  w: tensor(
    ['i', 'k'],
    [3, 2],
    [1, 2, 3].flatMap((i) => [0.6 * Math.log(i), 0.2 * Math.log(i)]),
  ),
  z: tensor(['k'], [2], [1, 2]),
  value: tensor(['i'], [3], [1, 2, 3]),
  [cotangentName('mean')]: tensor([], [], [1]),
};
const EXPECTED = { mean: [7 / 3], [gradientName('w')]: [-2 / 9, -4 / 9, -1 / 9, -2 / 9, 1 / 3, 2 / 3] };

function softmaxMean(): Program {
  const b = build('softmax mean', { i: fixed(), k: fixed() });
  const scores = b.contract(b.parameter('w', ['i', 'k']), b.input('z', ['k']), ['k']);
  b.output('mean', b.contract(b.call('softmax', scores, ['i'], {}), b.input('value', ['i']), ['i'], 'mean'));
  return denseGradients(reverse(b.finish(), { output: 'mean', seed: [] }));
}

/** First normals of the stream `weights` of seed 13; the tests of src/numeric pin the same. */
const PINNED_NORMALS = [-1.2055849012761712, -0.43968666454753735, 0.27715030706296573];

/** A random stream against pinned values: every platform must agree on every bit. */
export function checkRandom(): Finding {
  const given = Array.from(stream(13, 'weights').normals(PINNED_NORMALS.length));
  return given.every((value, k) => value === PINNED_NORMALS[k])
    ? ok('random numbers', 'equal to those of every other machine')
    : problem('random numbers', `${given.join(', ')} instead of ${PINNED_NORMALS.join(', ')}`, REPORT);
}

/** The oracle against the closed form. */
export function checkReference(): Finding {
  return compared('oracle', interpret(softmaxMean(), FEEDS), REFERENCE_TOLERANCE);
}

/** The engine against the closed form, and a product of whole numbers that f32 holds exactly. */
export async function checkEngine(engine: Engine): Promise<Finding> {
  const finding = compared('engine numbers', await engine.run(softmaxMean(), FEEDS), ENGINE_TOLERANCE);
  if (finding.status !== 'ok') return finding;
  const wrong = await wrongEntries(engine);
  if (wrong === 0) return ok('engine numbers', `${finding.found}; a product of whole numbers is exact`);
  return problem(
    'engine numbers',
    `${wrong} of ${SIDE * SIDE} entries of a product of whole numbers are wrong`,
    REPORT,
  );
}

function compared(check: string, results: Tensors, tolerance: number): Finding {
  const deviations = Object.entries(EXPECTED).flatMap(([name, expected]) =>
    expected.map((value, k) => Math.abs((results[name]?.data[k] ?? Number.NaN) - value)),
  );
  const worst = Math.max(...deviations);
  // NaN is not within any tolerance.
  return worst <= tolerance
    ? ok(check, `softmax and its gradient are right to ${worst.toExponential(0)}`)
    : problem(check, `softmax or its gradient is off by ${worst} where ${tolerance} is allowed`, REPORT);
}

/** Large enough for several threads and every vector width. */
const SIDE = 96;

/** Entries of an integer matrix product that differ from the same sum in integers. */
async function wrongEntries(engine: Engine): Promise<number> {
  const b = build('product', { i: fixed(), j: fixed(), k: fixed() });
  b.output('product', b.contract(b.input('a', ['i', 'k']), b.input('b', ['k', 'j']), ['k']));
  const entry = (row: number, column: number): number => ((7 * row + 3 * column) % 11) - 5;
  const matrix = Array.from({ length: SIDE * SIDE }, (_, place) => entry(Math.floor(place / SIDE), place % SIDE));
  const { product } = await engine.run(b.finish(), {
    a: tensor(['i', 'k'], [SIDE, SIDE], matrix),
    b: tensor(['k', 'j'], [SIDE, SIDE], matrix),
  });
  const places = Array.from({ length: SIDE }, (_, k) => k);
  return matrix.filter((_, place) => {
    const [i, j] = [Math.floor(place / SIDE), place % SIDE];
    return product?.data[place] !== places.reduce((total, k) => total + entry(i, k) * entry(k, j), 0);
  }).length;
}
