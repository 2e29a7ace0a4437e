/**
 * Kernels cut into blocks, which are computed when they are asked for and kept where there is a store: those of inputs
 * with themselves once for both halves.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { required } from '../../../errors/index.ts';
import type { LimitingKernels } from '../../../kernels/index.ts';
import { entry, matrix } from '../../../numeric/index.ts';
import type { BlockStore } from '../../../runs/index.ts';
import * as errors from './errors.ts';
import { lengthOf, partsOf, type Range } from './examples.ts';

export type Which = 'nngp' | 'ntk';
export const BOTH = ['nngp', 'ntk'] as const;

/** Where finished blocks are kept. */
export type Kept = Pick<BlockStore, 'read' | 'write'>;

export interface BlockOptions {
  /** Begins the names of its blocks. */
  readonly name: string;
  readonly rows: Range;
  /** Undefined for the kernels of the rows with themselves. */
  readonly columns: Range | undefined;
  /** Inputs of a side of a block, and of what is computed without a pause. */
  readonly side: number;
  readonly tile: number;
  /** The kernels of two ranges of inputs; of one with itself without the second. */
  readonly between: (rows: Range, columns: Range | undefined) => Promise<LimitingKernels>;
  readonly store: Kept | undefined;
  /** Both kernels, where they are known already and are a single block. */
  readonly known?: LimitingKernels | undefined;
  /** Called with the numbers of pairs of inputs as they are computed or found. */
  readonly onPairs: (count: number) => void;
}

interface Block {
  readonly name: string;
  readonly rows: Range;
  readonly columns: Range;
}

type Values = Readonly<Record<Which, Float64Array>>;

export class KernelBlocks {
  readonly #options: BlockOptions;
  readonly #blocks: readonly Block[];
  readonly #told: Map<string, number>;

  constructor(options: BlockOptions) {
    this.#options = options;
    const { name, rows, columns = rows, side } = options;
    const across = partsOf(columns, side);
    this.#blocks = partsOf(rows, side).flatMap((own, i) =>
      (options.columns === undefined ? across.slice(0, i + 1) : across).map((other, j) => ({
        name: `${name}/${i}-${j}`,
        rows: own,
        columns: other,
      })),
    );
    this.#told = new Map(this.#blocks.map((block) => [block.name, 0]));
  }

  /** Computes every block that is not kept, and shows each of them once; `times` is how often the kernel has it. */
  async visit(show: (values: Values, times: 1 | 2) => void): Promise<void> {
    for (const block of this.#blocks) {
      const kept = await this.#kept(block, BOTH);
      show(kept ?? (await this.#compute(block)), this.#isMirrored(block) ? 2 : 1);
    }
  }

  /** Both kernels of some of the inputs, of which blocks that are not kept are computed. */
  async part(rows: Range, columns: Range): Promise<LimitingKernels> {
    const room = () => matrix(lengthOf(rows), lengthOf(columns), new Float64Array(lengthOf(rows) * lengthOf(columns)));
    const [nngp, ntk] = [room(), room()];
    await this.#assemble({ nngp: nngp.data, ntk: ntk.data }, rows, columns);
    return { nngp, ntk };
  }

  /** Rows of one kernel, as many at a time as blocks have; they hold until the next are asked for. */
  async *rowsOf(which: Which): AsyncGenerator<Float64Array> {
    const { rows, columns = rows, side } = this.#options;
    // One array for all of them: garbage of this size is seldom cleared.
    const room = new Float64Array(Math.min(side, lengthOf(rows)) * lengthOf(columns));
    for (const band of partsOf(rows, side)) {
      const part = room.subarray(0, lengthOf(band) * lengthOf(columns));
      await this.#assemble({ [which]: part }, band, columns);
      yield part;
    }
  }

  /** Fills all entries of what is given. */
  async #assemble(whole: Partial<Values>, rows: Range, columns: Range): Promise<void> {
    const asked = BOTH.filter((which) => whole[which] !== undefined);
    for (const block of this.#blocks) {
      const straight = meet(block.rows, rows) && meet(block.columns, columns);
      const turned = this.#isMirrored(block) && meet(block.columns, rows) && meet(block.rows, columns);
      if (!straight && !turned) continue;
      const values = (await this.#kept(block, asked)) ?? (await this.#compute(block));
      for (const which of asked) {
        const [into, from] = [required(whole[which], which), required(values[which], which)];
        if (straight) placeStraight(from, block, into, rows, columns);
        if (turned) placeTurned(from, block, into, rows, columns);
      }
    }
  }

  /** Whether a block stands for that of the other half too. */
  #isMirrored({ rows, columns }: Block): boolean {
    return this.#options.columns === undefined && rows.from !== columns.from;
  }

  async #kept(block: Block, asked: readonly Which[]): Promise<Values | undefined> {
    const { store } = this.#options;
    if (store === undefined) return undefined;
    const found: Partial<Record<Which, Float64Array>> = {};
    for (const which of asked) {
      const bytes = await store.read(`${which}/${block.name}`);
      if (bytes === undefined) return undefined;
      found[which] = numbersOf(bytes);
    }
    this.#tell(block);
    return found as Values; // those that were asked for
  }

  async #compute(block: Block): Promise<Values> {
    const { tile, known } = this.#options;
    if (known !== undefined && this.#blocks.length === 1)
      return this.#finish(block, { nngp: known.nngp.data, ntk: known.ntk.data });
    const size = lengthOf(block.rows) * lengthOf(block.columns);
    const values = { nngp: new Float64Array(size), ntk: new Float64Array(size) };
    const onDiagonal = this.#isOnDiagonal(block);
    for (const rows of partsOf(block.rows, tile)) {
      for (const columns of partsOf(block.columns, tile)) {
        if (onDiagonal && columns.from > rows.from) continue;
        await this.#fill(values, block, rows, columns, onDiagonal);
        this.#tell(block, pairsIn(rows, columns, onDiagonal));
        // Interruptions and progress come through here.
        await nextTurn();
      }
    }
    return this.#finish(block, values);
  }

  async #finish(block: Block, values: Values): Promise<Values> {
    this.#tell(block);
    for (const which of BOTH) {
      const { buffer, byteOffset, byteLength } = values[which];
      await this.#options.store?.write(`${which}/${block.name}`, [new Uint8Array(buffer, byteOffset, byteLength)]);
    }
    return values;
  }

  /** Computes a part of a block, and with `mirror` what stands across the diagonal. */
  async #fill(values: Values, block: Block, rows: Range, columns: Range, mirror: boolean): Promise<void> {
    const itself = mirror && rows.from === columns.from;
    const found = await this.#options.between(rows, itself ? undefined : columns);
    const [stride, width, height] = [lengthOf(block.columns), lengthOf(columns), lengthOf(rows)];
    const [top, left] = [rows.from - block.rows.from, columns.from - block.columns.from];
    for (const which of BOTH) {
      const [into, { data }] = [values[which], found[which]];
      for (let row = 0; row < height; row++) {
        into.set(data.subarray(row * width, (row + 1) * width), (top + row) * stride + left);
        if (!mirror || itself) continue;
        for (let column = 0; column < width; column++) {
          into[(left + column) * stride + top + row] = entry(data, row * width + column);
        }
      }
    }
  }

  /** Tells of so many more pairs of a block; of each once, however often it is computed or read. */
  #tell(block: Block, more = Number.POSITIVE_INFINITY): void {
    const { name, rows, columns } = block;
    const all = pairsIn(rows, columns, this.#isOnDiagonal(block));
    const before = required(this.#told.get(name), `pairs of block ${name}`);
    const told = Math.min(all, before + more);
    this.#told.set(name, told);
    this.#options.onPairs(told - before);
  }

  #isOnDiagonal({ rows, columns }: Block): boolean {
    return this.#options.columns === undefined && rows.from === columns.from;
  }
}

/** Pairs of so many inputs, each with itself too. */
export const pairsOf = (count: number): number => (count * (count + 1)) / 2;

/** Pairs that a part of a block takes to compute. */
function pairsIn(rows: Range, columns: Range, onDiagonal: boolean): number {
  return onDiagonal && rows.from === columns.from ? pairsOf(lengthOf(rows)) : lengthOf(rows) * lengthOf(columns);
}

/** Copies what a block has of a part of the kernel. */
function placeStraight(from: Float64Array, block: Block, into: Float64Array, rows: Range, columns: Range): void {
  const [own, across] = [common(block.rows, rows), common(block.columns, columns)];
  const [stride, width] = [lengthOf(block.columns), lengthOf(columns)];
  for (let row = own.from; row < own.to; row++) {
    const start = (row - block.rows.from) * stride - block.columns.from;
    into.set(
      from.subarray(start + across.from, start + across.to),
      (row - rows.from) * width + across.from - columns.from,
    );
  }
}

/** Copies what a block's transpose has of it. */
function placeTurned(from: Float64Array, block: Block, into: Float64Array, rows: Range, columns: Range): void {
  const [own, across] = [common(block.columns, rows), common(block.rows, columns)];
  const [stride, width] = [lengthOf(block.columns), lengthOf(columns)];
  for (let row = own.from; row < own.to; row++) {
    const start = (row - rows.from) * width - columns.from;
    let at = (across.from - block.rows.from) * stride + row - block.columns.from;
    for (let column = across.from; column < across.to; column++, at += stride) into[start + column] = entry(from, at);
  }
}

const common = (a: Range, b: Range): Range => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

const meet = (a: Range, b: Range): boolean => a.from < b.to && b.from < a.to;

/** Blocks are of the machine that made them; they begin at a multiple of 8 bytes. */
const numbersOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Float64Array =>
  new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);

/** Keeps blocks in memory. */
export function keptInMemory(): Kept {
  const blocks = new Map<string, Uint8Array>();
  return {
    read: async (name) => blocks.get(name),
    write: async (name, [bytes]) => {
      if (bytes === undefined) throw errors.blockMissing(name);
      blocks.set(name, bytes);
    },
  };
}
