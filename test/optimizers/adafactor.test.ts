/** Adafactor against a loop written from the paper (Shazeer & Stern 2018, algorithms 4 and 5), sums as it has them. */

import { describe, expect, test } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import { optimizerNamed, type Settings, updateProgram } from '../../src/optimizers/index.ts';
import { tensor } from '../../src/program/index.ts';
import { expectClose } from '../program/support.ts';
import { advance, initialState, type State, sized } from './support.ts';

/** Ten steps of sums over a dozen entries, and roots of them. */
const TOLERANCE = 1e-12;
const STEPS = 10;
const [ROWS, COLUMNS] = [3, 4];

interface PaperOptions {
  readonly relative: boolean;
  readonly clipped: boolean;
}

const rootMeanSquare = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

/** Algorithms 4 (matrices) and 5 (vectors) with ε₁ = 1e-30, ε₂ = 1e-3, d = 1, β₂ = 1 − t^−0.8, ρ = min(1e-2, 1/√t). */
class Paper {
  readonly #columns: number;
  readonly #options: PaperOptions;
  #weight: readonly number[];
  #r: number[];
  #c: number[];
  #v: number[];
  #t = 0;

  constructor(weight: readonly number[], columns: number, options: PaperOptions) {
    this.#weight = weight;
    this.#columns = columns;
    this.#options = options;
    this.#r = new Array<number>(weight.length / columns).fill(0);
    this.#c = new Array<number>(columns).fill(0);
    this.#v = weight.map(() => 0);
  }

  step(gradient: readonly number[], factored: boolean): readonly number[] {
    this.#t++;
    const beta = 1 - this.#t ** -0.8;
    const squares = gradient.map((g) => g * g + 1e-30);
    const columns = this.#columns;
    const sumWhere = (pick: (p: number) => boolean): number =>
      squares.reduce((sum, s, p) => (pick(p) ? sum + s : sum), 0);
    this.#r = this.#r.map((r, i) => beta * r + (1 - beta) * sumWhere((p) => Math.floor(p / columns) === i));
    this.#c = this.#c.map((c, j) => beta * c + (1 - beta) * sumWhere((p) => p % columns === j));
    this.#v = this.#v.map((v, p) => beta * v + (1 - beta) * (squares[p] ?? 0));
    const all = this.#r.reduce((sum, r) => sum + r, 0);
    const second = factored
      ? gradient.map((_, p) => ((this.#r[Math.floor(p / columns)] ?? 0) * (this.#c[p % columns] ?? 0)) / all)
      : this.#v;
    const u = gradient.map((g, p) => g / Math.sqrt(second[p] ?? 0));
    const limited = this.#options.clipped ? u.map((x) => x / Math.max(1, rootMeanSquare(u))) : u;
    const rho = Math.min(1e-2, 1 / Math.sqrt(this.#t));
    const rate = this.#options.relative ? Math.max(1e-3, rootMeanSquare(this.#weight)) * rho : 0.05;
    this.#weight = this.#weight.map((w, p) => w - rate * (limited[p] ?? 0));
    return this.#weight;
  }
}

const options: PaperOptions[] = [true, false].flatMap((relative) =>
  [true, false].map((clipped) => ({ relative, clipped })),
);

describe.each(options)('relative $relative, clipped $clipped', (option) => {
  const settings: Settings = { ...option, learningRate: option.relative ? 0.01 : 0.05 };
  const source = stream(7, 'adafactor');
  const shapes = [
    { name: 'a matrix', axes: ['row', 'column'], shape: [ROWS, COLUMNS], factored: true },
    { name: 'a vector', axes: ['column'], shape: [COLUMNS], factored: false },
  ];

  test.each(shapes)('$name', ({ axes, shape, factored }) => {
    const count = shape.reduce((total, size) => total * size, 1);
    const spaces = [sized('row', ROWS), sized('column', COLUMNS)];
    const program = updateProgram(optimizerNamed('adafactor'), { axes, spaces }, { settings });
    const initial = [...source.substream('w').normals(count)];
    const paper = new Paper(initial, COLUMNS, option);
    let state: State = initialState(program, { weight: tensor(axes, shape, initial) });
    for (let t = 1; t <= STEPS; t++) {
      // Step 4 is ten times as large, so that clipping bites; step 6 has a row of zeros.
      const gradient = [...source.substream(`g${t}`).normals(count)].map((g, p) =>
        t === 6 && p < 2 ? 0 : t === 4 ? 10 * g : g,
      );
      state = advance(program, state, { gradient: tensor(axes, shape, gradient) });
      const expected = paper.step(gradient, factored);
      expectClose(state.weight?.data ?? [], expected, TOLERANCE, `step ${t}`);
    }
  });
});

test('keeps one number a row and one a column', () => {
  const program = updateProgram(optimizerNamed('adafactor'), {
    axes: ['head', 'row', 'column'],
    spaces: [sized('head', 2), sized('row', ROWS), sized('column', COLUMNS)],
  });
  const axesOf = Object.fromEntries(program.nodes.map(({ name, type }) => [name, type.axes]));
  expect([axesOf.rows, axesOf.columns]).toEqual([
    ['head', 'row'],
    ['head', 'column'],
  ]);
});
