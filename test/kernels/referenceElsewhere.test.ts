/** The two cases of the reference library that are not asked of the kernels, and why: what its values are. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { limitingKernels } from '../../src/kernels/index.ts';
import { layerNet } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { failureOf } from '../support/failure.ts';
import { describeWithShared } from '../support/shared.ts';
import { deviation, flat, inputsOf, kernelsOf, type Nested, shapeOfNested } from './kernelSupport.ts';

interface Case {
  readonly spec: unknown;
  readonly x1: Nested;
  readonly expected: { readonly x1_x1: Readonly<Record<'nngp' | 'ntk', Nested>> };
}

describeWithShared('cases of the reference library that stand elsewhere', 'reference/nt', (folder) => {
  const read = (name: string): Case => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case; // our own file

  it('mlp_tanh_numerical_d2: its quadrature of 64 points is off by 2e-3, ours is another integration to 1e-10', () => {
    const { x1, expected } = read('mlp_tanh_numerical_d2.json');
    const rows = x1 as readonly (readonly number[])[]; // a perceptron's inputs
    const dense = ['Dense', { out_dim: 1, W_std: 1.3, b_std: 0.2 }];
    const found = kernelsOf(['serial', { layers: [dense, ['Tanh', {}], dense, ['Tanh', {}], dense] }], rows);
    let nngp = rows.map((a) => rows.map((b) => a.reduce((sum, value, k) => sum + value * Number(b[k]), 0) / a.length));
    const layer = (cov: number): number => 1.69 * cov + 0.04;
    nngp = nngp.map((row) => row.map(layer));
    let ntk = nngp;
    for (let depth = 0; depth < 2; depth++) {
      const pairs = nngp.map((row, i) => row.map((uv, j) => tanhMeans(Number(nngp[i]?.[i]), uv, Number(nngp[j]?.[j]))));
      nngp = pairs.map((row) => row.map(([mean]) => layer(mean)));
      ntk = pairs.map((row, i) => row.map(([, slope], j) => Number(nngp[i]?.[j]) + 1.69 * slope * Number(ntk[i]?.[j])));
    }
    expect(deviation(found.nngp.data, nngp.flat())).toBeLessThan(1e-10);
    expect(deviation(found.ntk.data, ntk.flat())).toBeLessThan(1e-10);
    const off = deviation(flat(expected.x1_x1.ntk), ntk.flat());
    expect(off).toBeGreaterThan(1e-3);
    expect(off).toBeLessThan(1e-2);
    // Its own kernel of an input set with itself is not symmetric.
    const own = flat(expected.x1_x1.nngp);
    expect(Math.abs(Number(own[1]) - Number(own[rows.length]))).toBeGreaterThan(1e-6);
  });

  it('attn_identity_nolinear: a mean over scores that stay random at any number of heads', async () => {
    const { spec, x1, expected } = read('attn_identity_nolinear.json');
    const shape = shapeOfNested(x1);
    const refused = await failureOf(() => layerNet(spec, shape.slice(1)));
    expect(refused.code).toBe('nets.unsupported-layer');
    expect(refused.message).toContain('scores over √channels stay random in the limit');
    // What attention reads: the covariances of all places of all inputs after the first layer, place by place.
    const [inputs = 0, length = 0] = shape;
    const places = (x1 as readonly (readonly (readonly number[])[])[]).flat();
    const first = [
      'serial',
      {
        layers: [
          ['Dense', { out_dim: 1, W_std: 1.5, b_std: 0.1 }],
          ['Relu', {}],
        ],
      },
    ];
    const { program } = layerNet(first, [Number(shape[2])]);
    const { data } = limitingKernels(program, { x1: inputsOf(places) }).nngp;
    const all = inputs * length;
    const cov = (i: number, p: number, j: number, q: number): number =>
      Number(data[(i * length + p) * all + j * length + q]);
    // E s s′ = (std_key std_query)² K K, a factor for queries and one for keys; then values, and the layer out.
    const [scores, values, out, readout] = [(1.2 * 0.9) ** 2, 1.1 ** 2, 1.3 ** 2, 1.5 ** 2];
    const pooled = (i: number, j: number, weight: (p: number, q: number, r: number, s: number) => number): number => {
      let total = 0;
      for (let p = 0; p < length; p++)
        for (let q = 0; q < length; q++)
          for (let r = 0; r < length; r++)
            for (let s = 0; s < length; s++) total += weight(p, q, r, s) * cov(i, q, j, s);
      return (total * values * out) / length ** 2;
    };
    const nngp = Array.from({ length: inputs ** 2 }, (_, k) => {
      const [i, j] = [Math.floor(k / inputs), k % inputs];
      const mean = pooled(i, j, (p, q, r, s) => scores * cov(i, p, j, r) * cov(i, q, j, s));
      return readout * (mean + 0.01) + 0.01;
    });
    expect(deviation(nngp, flat(expected.x1_x1.nngp))).toBeLessThan(1e-7);
    // Scores of one head are A z Aᵀ, A Aᵀ the covariance of places. Of four heads their mean is far from that of all draws.
    const lower = cholesky(Array.from({ length }, (_, p) => Array.from({ length }, (__, q) => cov(0, p, 0, q))));
    const normals = stream(1, 'scores').normals(400 * 4 * length ** 2);
    const drawn = Array.from({ length: 400 }, (_, draw) => {
      let total = 0;
      for (let head = 0; head < 4; head++) {
        const z = normals.subarray((4 * draw + head) * length ** 2);
        const score = (p: number, q: number): number => {
          let sum = 0;
          for (let a = 0; a <= p; a++)
            for (let b = 0; b <= q; b++)
              sum += Number(lower[p]?.[a]) * Number(z[a * length + b]) * Number(lower[q]?.[b]);
          return Math.sqrt(scores) * sum;
        };
        const table = Array.from({ length }, (__, p) => Array.from({ length }, (___, q) => score(p, q)));
        total += pooled(0, 0, (p, q, r, s) => Number(table[p]?.[q]) * Number(table[r]?.[s])) / 4;
      }
      return readout * (total + 0.01) + 0.01;
    });
    const mean = drawn.reduce((a, b) => a + b) / drawn.length;
    const deviationOfDraws = Math.sqrt(drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / (drawn.length - 1));
    expect(Math.abs(mean - Number(nngp[0]))).toBeLessThan((5 * deviationOfDraws) / Math.sqrt(drawn.length));
    expect(deviationOfDraws).toBeGreaterThan(0.3 * Number(nngp[0]));
  });
});

/** E tanh u tanh v and E tanh′ u tanh′ v by the trapezoid rule, which converges exponentially here. */
function tanhMeans(uu: number, uv: number, vv: number): readonly [mean: number, slope: number] {
  const [step, ends] = [0.05, 9];
  const slope = uv / Math.sqrt(uu);
  const rest = Math.sqrt(Math.max(0, vv - slope * slope));
  const count = Math.round((2 * ends) / step) + 1;
  const at = (k: number): number => (k - (count - 1) / 2) * step;
  let [mean, slopes] = [0, 0];
  for (let i = 0; i < count; i++) {
    const t = Math.tanh(Math.sqrt(uu) * at(i));
    for (let j = 0; j < count; j++) {
      const s = Math.tanh(slope * at(i) + rest * at(j));
      const weight = Math.exp(-(at(i) ** 2 + at(j) ** 2) / 2);
      mean += weight * t * s;
      slopes += weight * (1 - t * t) * (1 - s * s);
    }
  }
  const scale = step ** 2 / (2 * Math.PI);
  return [mean * scale, slopes * scale];
}

/** A lower triangle whose product with its transpose is a covariance. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  matrix.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      let rest = Number(row[j]);
      for (let k = 0; k < j; k++) rest -= Number(lower[i]?.[k]) * Number(lower[j]?.[k]);
      const own = lower[i] as number[]; // as many rows
      own[j] = i === j ? Math.sqrt(Math.max(rest, 0)) : rest / Number(lower[j]?.[j]);
    }
  });
  return lower;
}
