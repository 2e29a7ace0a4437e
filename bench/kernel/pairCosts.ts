/**
 * What a pair of numbers of two gradients costs in each kernel, in multiplications of a matrix product of the same lines:
 * CPU time of tiles and of the product, in turn. forecastWork.ts counts with it. `npx tsx bench/kernel/pairCosts.ts`
 */

import { required } from '../../src/errors/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { COMPUTED_KINDS } from '../../src/lm/kernel/kernelKinds.ts';
import { gram } from '../../src/lm/kernel/productPrograms.ts';
import { type TileKind, TileMemory, TileProducts } from '../../src/lm/kernel/tileProducts.ts';
import { at, stream } from '../../src/numeric/index.ts';

/** Lines of the training side and of others, and entries of a tile: a strip of a matrix of 384 columns. */
const SIZES = [
  { columns: 32, rows: 64, entries: 6144 },
  { columns: 64, rows: 64, entries: 6144 },
  { columns: 64, rows: 192, entries: 6144 },
  { columns: 192, rows: 192, entries: 2048 },
];
const ROUNDS = 41;
const KINDS = COMPUTED_KINDS.filter((kind): kind is TileKind => kind !== 'sgd');

const engine = nodeEngine({ threads: 1 });
for (const { columns, rows, entries } of SIZES) {
  const numbers = Float32Array.from(stream(1, 'gradients').normals((columns + rows) * entries));
  const weights = new Float32Array(entries).fill(0.5);
  const tiles = KINDS.map((kind) => {
    const own = new TileProducts({ engine, kinds: [kind] }, new TileMemory(), {
      ...{ blocks: [columns, rows], columns: 1, turned: false },
    });
    const [right, left] = own.arrays(entries);
    right?.set(numbers.subarray(0, columns * entries));
    left?.set(numbers.subarray(columns * entries));
    return { kind, take: () => own.take([kind], weights) };
  });
  const product = () =>
    engine.run(gram, {
      left: { axes: ['row', 'entry'], shape: [rows, entries], data: numbers.subarray(columns * entries) },
      right: { axes: ['column', 'entry'], shape: [columns, entries], data: numbers.subarray(0, columns * entries) },
    });
  const times = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of [['sgd', product] as const, ...tiles.map(({ kind, take }) => [kind, take] as const)]) {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      times.set(name, [...(times.get(name) ?? []), user + system]);
    }
  }
  const median = (name: string): number =>
    at(
      required(times.get(name), `times of ${name}`).toSorted((a, b) => a - b),
      ROUNDS >> 1,
    );
  const ratios = KINDS.map((kind) => `${kind} ${(median(kind) / median('sgd')).toFixed(2)}`);
  console.log(`${rows} x ${columns} lines, ${entries} entries: product ${median('sgd')} us; ${ratios.join(', ')}`);
}
await engine.release();
