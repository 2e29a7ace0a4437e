import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Column,
  combine,
  gram,
  LEAST_TOLERANCE,
  lazyGaussian,
  norms,
  type RandomMatrix,
} from '../../../src/kets/gaussian/index.ts';
import { at, stream } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { distance, dot, drawnFrom, identity, normalColumns } from './support.ts';

/** The precision of products that must agree, relative to the norms of what was multiplied; nothing above is dropped. */
const CONSISTENT = 1e-12;

/** Everything that a matrix was asked. */
class Record {
  readonly matrix: RandomMatrix;
  readonly inputs: Column[] = [];
  readonly images: Column[] = [];
  readonly transposedInputs: Column[] = [];
  readonly transposedImages: Column[] = [];

  constructor(matrix: RandomMatrix) {
    this.matrix = matrix;
  }

  apply(block: readonly Column[]): void {
    this.inputs.push(...block);
    this.images.push(...this.matrix.apply(block));
  }

  applyTransposed(block: readonly Column[]): void {
    this.transposedInputs.push(...block);
    this.transposedImages.push(...this.matrix.applyTransposed(block));
  }

  /** The largest |yᵀ(W x) − (Wᵀ y)ᵀ x| relative to norms, over everything so far. */
  inconsistency(): number {
    let worst = 0;
    this.inputs.forEach((x, i) => {
      this.transposedInputs.forEach((y, j) => {
        const [wx, wy] = [at(this.images, i), at(this.transposedImages, j)];
        const [size = 0, other = 0, one = 0, two = 0] = norms([x, y, wx, wy]);
        const scale = Math.max(size * two, other * one);
        if (scale > 0) worst = Math.max(worst, Math.abs(dot(y, wx) - dot(wy, x)) / scale);
      });
    });
    return worst;
  }
}

describe('one matrix, whatever it is asked', () => {
  /** A request: a block of columns to W or Wᵀ, each fresh, a repetition, a combination, an image or zero. */
  const column = fc.record({
    kind: fc.constantFrom('fresh', 'repeated', 'combination', 'image', 'zero', 'nearly'),
    scale: fc.constantFrom(1, -3, 1e-90, 1e90),
    pick: fc.nat(1000),
  });
  const scenario = fc.record({
    rows: fc.integer({ min: 1, max: 12 }),
    columns: fc.integer({ min: 1, max: 12 }),
    deviation: fc.constantFrom(1, 0.3, 20),
    seed: fc.nat(),
    requests: fc.array(
      fc.record({ transposed: fc.boolean(), block: fc.array(column, { minLength: 1, maxLength: 4 }) }),
      {
        maxLength: 12,
      },
    ),
  });

  test('yᵀ(W x) = (Wᵀ y)ᵀ x at every moment, and W of a combination is the combination of images', () => {
    fc.assert(
      fc.property(scenario, ({ rows, columns, deviation, seed, requests }) => {
        const source = stream(seed, 'inputs');
        const record = new Record(
          lazyGaussian({ ...drawnFrom(stream(seed, 'matrix'), rows, columns, deviation), tolerance: LEAST_TOLERANCE }),
        );
        requests.forEach(({ transposed, block }, index) => {
          const length = transposed ? rows : columns;
          const known = transposed ? record.transposedInputs : record.inputs;
          const reached = transposed ? record.images : record.transposedImages;
          const made = block.map(({ kind, scale, pick }, k) => {
            const fresh = source.substream(index).substream(k).normals(length);
            const old = at(known, pick % known.length) ?? fresh;
            const other = at(known, (pick + 1) % known.length) ?? fresh;
            const image = at(reached, pick % reached.length) ?? fresh;
            const values = {
              fresh,
              repeated: old,
              combination: old.map((value, row) => value - 0.7 * at(other, row)),
              image: image.map((value) => Math.tanh(value)),
              zero: new Float64Array(length),
              nearly: old.map((value, row) => value * (1 + 1e-7 * at(fresh, row))),
            }[kind];
            const [size = 0] = norms([values]);
            return values.map((value) => (size === 0 ? 0 : (value / size) * scale));
          });
          if (transposed) record.applyTransposed(made);
          else record.apply(made);
          expect(record.inconsistency()).toBeLessThan(CONSISTENT);
        });
        if (record.inputs.length === 0) return;
        const weights = source.substream('weights').normals(record.inputs.length);
        const [mixed = weights] = combine(record.inputs.map(unit), weights, 1, columns);
        const images = record.images.map((image, k) => scaledBy(image, inverse(sizeOf(at(record.inputs, k)))));
        const [expected = mixed] = combine(images, weights, 1, rows);
        const [found = mixed] = record.matrix.apply([mixed]);
        expect(distance(found, expected)).toBeLessThan(CONSISTENT * deviation * 100);
      }),
      { numRuns: 300 },
    );
  });

  test('asked for more directions than it has, it becomes a stored matrix', () => {
    const size = 8;
    const matrix = lazyGaussian(drawnFrom(stream(1, 'matrix'), size, size));
    const record = new Record(matrix);
    const [xs, ys] = [normalColumns(1, 'x', 20, size), normalColumns(1, 'y', 20, size)];
    xs.forEach((x, k) => {
      record.apply([x]);
      record.applyTransposed([at(ys, k)]);
      expect(record.inconsistency()).toBeLessThan(CONSISTENT);
    });
    expect(matrix.ranks).toEqual({ forward: size, backward: size });

    const whole = matrix.apply(identity(size));
    matrix.applyTransposed(identity(size)).forEach((row, i) => {
      expect(
        distance(
          row,
          whole.map((column) => at(column, i)),
        ),
      ).toBeLessThan(CONSISTENT);
    });
    record.images.forEach((image, k) => {
      const [product = image] = combine(whole, at(xs, k), 1, size);
      expect(distance(image, product)).toBeLessThan(10 * CONSISTENT);
    });
    expect(matrix.ranks).toEqual({ forward: size, backward: size });
  });

  test.each([
    [3, 7],
    [7, 3],
    [1, 1],
  ])('known along all directions on one side, %i × %i, it needs nothing on the other', (rows, columns) => {
    const options = drawnFrom(stream(2, 'matrix'), rows, columns);
    const matrix = lazyGaussian(options);
    const whole = matrix.apply(identity(columns));
    const before = matrix.applyTransposed(identity(rows));
    before.forEach((row, i) => {
      expect(
        distance(
          row,
          whole.map((column) => at(column, i)),
        ),
      ).toBeLessThan(CONSISTENT);
    });
    expect(matrix.ranks).toEqual({ forward: columns, backward: rows });
  });

  test('a block and its columns one by one give the same law of one matrix: what is asked again is the same', () => {
    const matrix = lazyGaussian(drawnFrom(stream(3, 'matrix'), 300, 200));
    const xs = normalColumns(3, 'x', 12, 200);
    const first = matrix.apply(xs);
    matrix.applyTransposed(normalColumns(3, 'y', 7, 300));
    for (const [k, x] of xs.entries()) {
      const [again = x] = matrix.apply([x]);
      expect(distance(again, at(first, k))).toBeLessThan(CONSISTENT * 100);
    }
    expect(matrix.ranks).toEqual({ forward: 12, backward: 7 });
  });
});

describe('what is new in a block', () => {
  const [rows, columns] = [40, 30];

  test('costs one column of normals for each direction, that of the largest extent first', () => {
    const options = drawnFrom(stream(4, 'matrix'), rows, columns, 0.5);
    const drawn: Column[] = [];
    const counted = {
      column: (index: number) => {
        const column = options.source.rows.column(index);
        drawn.push(column);
        return column;
      },
    };
    const matrix = lazyGaussian({ ...options, source: { ...options.source, rows: counted } });
    const [known, small, large] = normalColumns(4, 'x', 3, columns) as [Column, Column, Column];
    matrix.apply([known, known, new Float64Array(columns)]);
    expect(drawn).toHaveLength(1);
    // Without products with Wᵀ, the image of a unit vector is noise alone.
    const nearly = known.map((value, row) => value + 0.01 * at(small, row));
    const [, image = large] = matrix.apply([nearly, large]);
    expect(drawn).toHaveLength(3);
    const overlap = dot(large, known) / dot(known, known);
    const own = large.map((value, row) => value - overlap * at(known, row));
    // What is left of the image is a combination of the two new normals, its length that of what is new in the column.
    const [first, second] = [at(drawn, 1), at(drawn, 2)];
    const rest = image.map((value, row) => value - 0.5 * at(at(drawn, 0), row) * overlap * sizeOf(known));
    const [aa, ab, bb] = [dot(first, first), dot(first, second), dot(second, second)];
    const [ra, rb] = [dot(rest, first), dot(rest, second)];
    const [a, b] = [(ra * bb - rb * ab) / (aa * bb - ab ** 2), (rb * aa - ra * ab) / (aa * bb - ab ** 2)];
    const combination = first.map((value, row) => a * value + b * at(second, row));
    expect(distance(rest, combination)).toBeLessThan(CONSISTENT * 10);
    expect(Math.abs(Math.hypot(a, b) - 0.5 * sizeOf(own))).toBeLessThan(CONSISTENT * 10);
    // The other column's remainder is a hundred times as short, so the principal direction is nearly this one's.
    expect(Math.abs(b / a)).toBeLessThan(1e-2);
  });

  test('is dropped below the tolerance, relative to the column', () => {
    const [x, fresh] = normalColumns(5, 'x', 2, columns) as [Column, Column];
    const near = x.map((value, row) => value * 1e-50 + 1e-53 * at(fresh, row));
    const rankAt = (tolerance: number) => {
      const matrix = lazyGaussian({ ...drawnFrom(stream(5, 'matrix'), rows, columns), tolerance });
      matrix.apply([x]);
      matrix.apply([near]);
      return matrix.ranks.forward;
    };
    expect([1e-2, 1e-4].map(rankAt)).toEqual([1, 2]);
  });

  test('columns of very different norms are all taken seriously', () => {
    const xs = normalColumns(6, 'x', 4, columns).map((x, k) => scaledBy(x, 10 ** (-100 * k)));
    const matrix = lazyGaussian(drawnFrom(stream(6, 'matrix'), rows, columns));
    const images = matrix.apply(xs);
    expect(matrix.ranks.forward).toBe(4);
    images.forEach((image, k) => {
      const ratio = sizeOf(image) / sizeOf(at(xs, k));
      // |W x|² / |x|² is σ² χ²(rows), σ² rows = 4/3.
      expect(Math.abs(ratio ** 2 - rows / columns)).toBeLessThan((5 * Math.sqrt(2 * rows)) / columns);
    });
  });

  test('a column that is not finite has an image of NaN and teaches nothing', () => {
    const matrix = lazyGaussian(drawnFrom(stream(7, 'matrix'), rows, columns));
    const [x] = normalColumns(7, 'x', 1, columns) as [Column];
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const bad = x.map((entry, row) => (row === 3 ? value : entry));
      expect(matrix.apply([bad])).toEqual([new Float64Array(rows).fill(Number.NaN)]);
    }
    expect(matrix.ranks.forward).toBe(0);
    const [image, bad] = matrix.apply([x, x.map(() => Number.NaN)]) as [Column, Column];
    expect(image.every(Number.isFinite)).toBe(true);
    expect(bad.every(Number.isNaN)).toBe(true);
    expect(matrix.ranks.forward).toBe(1);
  });

  test('zero columns and empty blocks', () => {
    const matrix = lazyGaussian(drawnFrom(stream(8, 'matrix'), rows, columns));
    expect(matrix.apply([new Float64Array(columns)])).toEqual([new Float64Array(rows)]);
    expect(matrix.applyTransposed([])).toEqual([]);
    expect(matrix.ranks).toEqual({ forward: 0, backward: 0 });
    expect(matrix.bytes).toBe(0);
  });

  test('inputs are left alone, and memory is that of directions and images', () => {
    const matrix = lazyGaussian(drawnFrom(stream(9, 'matrix'), rows, columns));
    const xs = normalColumns(9, 'x', 3, columns);
    const copies = xs.map((x) => x.slice());
    const [image] = matrix.apply(xs) as [Column];
    image.fill(0);
    expect(xs).toEqual(copies);
    matrix.applyTransposed(normalColumns(9, 'y', 2, rows));
    expect(matrix.bytes).toBe(8 * 5 * (rows + columns));
    expect(sizeOf(at(matrix.apply(xs.slice(0, 1)), 0))).toBeGreaterThan(0);
  });
});

describe('wrong calls', () => {
  const options = drawnFrom(stream(10, 'matrix'), 3, 4);

  test('columns of another length', async () => {
    const error = await failureOf(() => lazyGaussian(options).apply([new Float64Array(3)]));
    expect([error.kind, error.code]).toEqual(['invariant', 'kets.shapeMismatch']);
    expect(error.message).toContain('lazyGaussian: given a column of 3 entries, expected 4.');
    const other = await failureOf(() => lazyGaussian(options).applyTransposed([new Float64Array(4)]));
    expect(other.message).toContain('lazyGaussian: given a column of 4 entries, expected 3.');
  });

  test('a source of another length', async () => {
    const swapped = { rows: options.source.columns, columns: options.source.rows };
    const error = await failureOf(() => lazyGaussian({ ...options, source: swapped }).apply(identity(4)));
    expect(error.message).toContain('lazyGaussian: given 4 fresh normals, expected 3.');
  });

  test.each([0, 1e-14, 1, Number.NaN])('a tolerance of %d', async (tolerance) => {
    const error = await failureOf(() => lazyGaussian({ ...options, tolerance }));
    expect([error.kind, error.code]).toEqual(['invariant', 'kets.badTolerance']);
    expect(error.message).toContain(
      `The tolerance of a lazy Gaussian matrix must be from 1e-13 to below 1, but ${tolerance} was given.`,
    );
  });
});

test('a matrix of a long history stays consistent at a width of many tiles', () => {
  const width = 5000;
  const matrix = lazyGaussian({ ...drawnFrom(stream(11, 'matrix'), width, width), tolerance: LEAST_TOLERANCE });
  let block = normalColumns(11, 'x', 4, width).map((x) => x.map(Math.tanh));
  const [inputs, images, transposedInputs, transposedImages]: Column[][] = [[], [], [], []];
  for (let step = 0; step < 10; step++) {
    const forward = matrix.apply(block);
    const cotangents = forward.map((column) => column.map(Math.tanh));
    const backward = matrix.applyTransposed(cotangents);
    inputs?.push(...block);
    images?.push(...forward);
    transposedInputs?.push(...cotangents);
    transposedImages?.push(...backward);
    // Steps of falling size, so that late directions are found in small differences.
    block = block.map((x, k) => x.map((value, row) => value + 0.5 ** step * Math.tanh(at(at(backward, k), row))));
  }
  const left = gram(transposedInputs ?? [], images ?? []);
  const right = gram(transposedImages ?? [], inputs ?? []);
  expect(matrix.ranks.forward).toBeGreaterThan(30);
  expect(distance(left, right) / width).toBeLessThan(CONSISTENT);
});

function sizeOf(column: Column): number {
  return at(norms([column]), 0);
}

function scaledBy(column: Column, factor: number): Column {
  return column.map((value) => value * factor);
}

function unit(column: Column): Column {
  return scaledBy(column, inverse(sizeOf(column)));
}

/** 0 for 0: zero columns stay zero. */
function inverse(size: number): number {
  return size === 0 ? 0 : 1 / size;
}
