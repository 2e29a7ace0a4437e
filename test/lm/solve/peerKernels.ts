/** The peer's kernels of ../shared/reference/lm; its README says how they were made. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, type Matrix, matrix, transpose } from '../../../src/numeric/index.ts';
import { type NpyArray, readNpz } from '../../support/npz.ts';

export interface PeerKernel {
  readonly train: Matrix;
  readonly test: Matrix;
  /** Of A-SignGD, the test kernel signed on the test side. */
  readonly signed?: Matrix;
}

/** Kernels of the reference by name, evaluated examples as rows; stored as [train, 1, evaluated, 1]. */
export function peerKernels(folder: string): (name: string) => PeerKernel {
  const stored = readNpz(join(folder, 'repo_kernels.npz'));
  const parts = readNpz(join(folder, 'tiny_prompt_kernels.npz'));
  const { param_names: names }: { readonly param_names: readonly string[] } = JSON.parse(
    readFileSync(join(folder, 'tiny_prompt.json'), 'utf8'),
  );
  const rows = ({ shape, data }: NpyArray) => transpose(matrix(shape[0] ?? 0, data.length / (shape[0] ?? 1), data));
  /** The peer's filters are substrings of names. */
  const summed = (array: NpyArray): NpyArray => {
    const shape = array.shape.slice(1);
    const size = shape.reduce((product, length) => product * length, 1);
    const data = new Float64Array(size);
    names.forEach((name, part) => {
      if (name.includes('embed') || name.includes('head')) return;
      for (let k = 0; k < size; k++) data[k] = at(data, k) + at(array.data, part * size + k);
    });
    return { shape, data };
  };
  const find = (name: string, side: 'train' | 'test'): Matrix => {
    const whole = stored.get(`${name}/${side}`);
    if (whole !== undefined) return rows(whole);
    const split = parts.get(`sgd_train_${side}`);
    if (split === undefined || name !== 'sgd_binary_noemb_nohead') throw new Error(`${name}/${side} is missing`);
    return rows(summed(split));
  };
  /** Of A-SignGD two kernels are stored, [2, train, 1, evaluated, 1]: signed on the training, then on the evaluated side. */
  const half = (name: string, side: 'train' | 'test', place: 0 | 1): Matrix => {
    const both = stored.get(`${name}/${side}`);
    if (both === undefined || both.shape[0] !== 2) throw new Error(`${name}/${side} is not a pair of kernels`);
    const size = both.data.length / 2;
    return rows({ shape: both.shape.slice(1), data: both.data.slice(place * size, (place + 1) * size) });
  };
  return (name) =>
    name.startsWith('asym')
      ? { train: half(name, 'train', 0), test: half(name, 'test', 0), signed: half(name, 'test', 1) }
      : { train: find(name, 'train'), test: find(name, 'test') };
}
