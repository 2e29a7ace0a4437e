/** Functions of matrices with statistics: what they are told, and identities that they fulfil. */

import { describe, expect, test } from 'vitest';
import { checked, parseProgram, reorder, type Tensor, tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { expectClose, messageOf } from '../support.ts';

const [ROWS, COLUMNS] = [4, 3];
const SPACES = `fixed row = ${ROWS}, column = ${COLUMNS}\ndata G[row, column]\n`;
const STATISTICS = `L[row, row'] = G @[column] G[row', column]\nR[column, column'] = G @[row] G[row, column']\n`;
const TOLERANCE = 1e-10;

/** The outputs `f` of a text, of a matrix that is of full rank. */
function run(text: string, statistics = STATISTICS): Tensor<Float64Array> {
  const numbers = Array.from({ length: ROWS * COLUMNS }, (_, k) => Math.sin(2.3 * k + 0.37 * k * k + 0.4));
  const program = checked(parseProgram(`${SPACES}${statistics}${text}`));
  const { f } = interpret(program, { G: tensor(['row', 'column'], [ROWS, COLUMNS], numbers) });
  return f ?? expect.fail('no output f');
}

const norm = ({ data }: Tensor<Float64Array>): number => Math.hypot(...data);

describe('a matrix between inverse roots', () => {
  const left = "a[] = sqrt(sum[row, row'](L * L))";
  const right = "b[] = sqrt(sum[column, column'](R * R))";

  test('of root 1 is undone by L + ε‖L‖ and R + ε‖R‖', () => {
    const found = run(
      [
        left,
        right,
        'X = precondition[row, column](G, L, R, root = 1, epsilon = 0.01)',
        "Y[row, column] = L @[row'] X[row', column] + 0.01 * a * X",
        "Z[row, column] = Y[row, column'] @[column'] R[column', column] + 0.01 * b * Y",
        'output f = Z - G',
      ].join('\n'),
    );
    expect(norm(found)).toBeLessThan(TOLERANCE);
  });

  test.each([2, 3, 4])('of root %i applied as often as that is that of root 1', (root) => {
    const times = Array.from({ length: root }, (_, k) => {
      const before = k === 0 ? 'G' : `X${k - 1}`;
      return `X${k} = precondition[row, column](${before}, L, R, root = ${root}, epsilon = 0.01)`;
    });
    const whole = 'Y = precondition[row, column](G, L, R, root = 1, epsilon = 0.01)';
    expect(norm(run([...times, whole, `output f = X${root - 1} - Y`].join('\n')))).toBeLessThan(TOLERANCE);
  });
});

test('over its largest singular value a matrix has the norm 1, which squares of rank 1 show', () => {
  const found = run(
    [
      'X = spectralNormalize[row, column](G, squarings = 40)',
      "A[row, row'] = X @[column] X[row', column]",
      ...Array.from({ length: 8 }, (_, k) => {
        const last = k === 0 ? 'A' : `A${k - 1}`;
        return `A${k}[row, row'] = ${last}[row, row''] @[row''] ${last}[row'', row']`;
      }),
      "output f = sum[row, row'](A7 * A7)",
    ].join('\n'),
    '',
  );
  expectClose(found.data, [1], TOLERANCE, 'norm of a high power');
});

describe('bases of eigenvectors', () => {
  test('there and back is where one was', () => {
    const found = run(
      'E = intoEigenbases[row, column](G, L, R)\nB = outOfEigenbases[row, column](E, L, R)\noutput f = B - G',
    );
    expect(norm(found)).toBeLessThan(TOLERANCE);
  });

  test('the matrix of the statistics is diagonal in them, its values falling', () => {
    const { data } = reorder(run('output f = intoEigenbases[row, column](G, L, R)'), ['row', 'column']);
    const diagonal = Array.from({ length: COLUMNS }, (_, k) => Math.abs(data[k * COLUMNS + k] ?? Number.NaN));
    expect(diagonal).toEqual([...diagonal].sort((a, b) => b - a));
    expect(Math.abs(Math.hypot(...data) - Math.hypot(...diagonal))).toBeLessThan(TOLERANCE);
  });
});

describe('what is wrong with a call', () => {
  const message = (text: string): string => messageOf(() => checked(parseProgram(`${SPACES}${STATISTICS}${text}`)));

  test('statistics on other axes', () => {
    expect(message('output f = precondition[row, column](G, R, L)')).toContain(
      "has statistics of its rows on [column, column'], expected [row] and as many other copies of [row], in this order",
    );
  });

  test('a root that is no whole number, no ε', () => {
    const found = message('output f = precondition[row, column](G, L, R, root = 2.5, epsilon = 0)');
    expect(found).toContain('takes the root 2.5, expected a whole number from 1 on');
    expect(found).toContain('adds ε = 0, expected a number above 0');
  });

  test('an eigenbasis of what is no symmetric matrix', () => {
    expect(message('output f = eigenbasis[row](G)')).toContain(
      'is of a matrix on [row, column], expected [row] and as many other copies of these, in this order',
    );
  });
});
