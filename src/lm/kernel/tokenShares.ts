/**
 * A linear function of kernel rows, Σ_j c_j K[e, j], by layer and by token of the evaluated example e.
 *
 * K[e, j] is linear in ∇f(e), for SGD and A-SignGD, and the gradient of a parameter at e is a sum over the tokens where e
 * uses it: of a matrix d_p ⊗ x_p, of a bias d_p, of a table a row. What is used once in the text (the head, and in the last
 * block what only the token read by the head needs) counts with the token that the head reads.
 */

import { required } from '../../errors/index.ts';
import { type ChainPrograms, type StageGradients, StageRunner } from '../../finite/index.ts';
import { at, entry } from '../../numeric/index.ts';
import { entries, globalName, spaceOf, type Tensor, type Tensors } from '../../program/index.ts';
import { type Batch, batchFeeds } from './batches.ts';
import { readTensors } from './blockStore.ts';
import { gradientBlocks } from './gradientBlocks.ts';
import { rowsBlock } from './kernelBlocks.ts';
import { noTokenSplit } from './kernelErrors.ts';
import { splitsByToken } from './kernelKinds.ts';
import type { DrawsOptions, LayerTokens, TokenRequest } from './kernelOptions.ts';
import { batchOf, chunkOf, membersOf } from './kernelPlan.ts';
import { BATCH, kernelPrograms, OUTPUT, seedOf, TIME } from './kernelPrograms.ts';
import { type KernelParts, tableRowsOf } from './kernelTables.ts';
import { layerNames, layerOf, stageLayers } from './layers.ts';
import { blockAt, type DenseBlock, type FactorBlock } from './productBlocks.ts';
import { addRows, type SparseRows } from './sparseRows.ts';
import { placeShares, weightOf } from './tokenPrograms.ts';

/** Values alive at a cut before or after a stage, by batch. */
export interface Crossing {
  readonly entering: (batch: number) => Tensors;
  readonly above: (batch: number) => Tensors;
}

type Gradients = ReadonlyMap<number, StageGradients>;

/** Coefficients of which outputs see; others are 0. */
interface Pass {
  readonly coefficients: Float64Array;
  readonly outputs: readonly number[];
}

export class TokenShares {
  readonly #options: DrawsOptions;
  readonly #parts: KernelParts;
  readonly #signs: boolean;
  readonly #passes: readonly Pass[];
  /** Hands out dense gradients by token. */
  readonly #programs: ChainPrograms;
  readonly #runner: StageRunner<Batch>;
  readonly #shares: ReadonlyMap<string, Map<number, Float64Array>>;
  readonly #columns: ReadonlyMap<number, number>;

  /** Throws {@link UnsupportedError} `lm.no-token-split` for kernels beyond SGD's and A-SignGD's. */
  constructor(request: TokenRequest, options: DrawsOptions, parts: KernelParts) {
    const { kind, coefficients, ownOutputs } = request;
    if (!splitsByToken(kind)) throw noTokenSplit(kind);
    const { engine, model, head, examples, outputs, selected } = options;
    [this.#options, this.#parts, this.#signs] = [options, parts, kind === 'a-signgd'];
    const count = outputs.outputs;
    const all = Array.from({ length: count }, (_, output) => output);
    const values = Float64Array.from(coefficients);
    this.#passes =
      ownOutputs && count > 1
        ? all.map((output) => ({
            coefficients: values.map((value, k) => (k % count === output ? value : 0)),
            outputs: [output],
          }))
        : [{ coefficients: values, outputs: all }];
    const subject = { chain: model.net.chain, outputs: count, byToken: true };
    this.#programs = kernelPrograms(selected === undefined ? subject : { ...subject, selected });
    this.#runner = new StageRunner({
      engine,
      programs: this.#programs,
      load: model.load,
      data: (batch) => ({ ...head, ...batchFeeds(batch, examples, model.config) }),
      seed: seedOf(outputs),
    });
    this.#shares = new Map(layerNames(parts.programs).map((layer) => [layer, new Map()]));
    const { train } = required(options.draws.length === 1 ? options.draws[0] : undefined, 'only draw');
    this.#columns = new Map(train.map((member, column) => [member, column]));
  }

  /** Adds what matrices and dense gradients of a stage give between a chunk of the training side and another chunk. */
  async addStage(stage: number, columns: Gradients, rows: Gradients, { entering, above }: Crossing): Promise<void> {
    const outputs = this.#options.outputs.outputs;
    const byToken = new Map<number, StageGradients>();
    for (const batch of rows.keys()) {
      byToken.set(batch, await this.#runner.backward(stage, this.#batch(batch), entering(batch), above(batch)));
    }
    const programs = required(this.#parts.programs.stages[stage], `stage ${stage}`);
    for (const layer of stageLayers(programs, stage)) {
      const blocks = (gradients: Gradients) =>
        [...gradients].map(([batch, own]) => {
          const made = gradientBlocks(layer.pick(own), layer.programs, this.#batch(batch).members.length, outputs);
          return { batch, ...made };
        });
      const [training, evaluated] = [blocks(columns), blocks(rows)];
      for (const [m, { places }] of layer.programs.matrices.entries()) {
        const ofTokens = places.length > 0;
        required(
          places.every((axis) => spaceOf(axis) === TIME) && places.length < 2 ? 1 : undefined,
          'tokens of a matrix',
        );
        const factors = ({ matrices }: { readonly matrices: readonly FactorBlock[] }) => blockAt(matrices, m);
        for (const pass of this.#passes) {
          const weight = await this.#weight(
            training.map((one) => ({ batch: one.batch, block: factors(one) })),
            pass,
          );
          for (const one of evaluated) {
            const shares = await placeShares(this.#options.engine, weight, factors(one), outputs);
            this.#add(layer.name, one.batch, shares, pass, ofTokens);
          }
        }
      }
      for (const pass of this.#passes) {
        const weight = this.#denseWeight(training, pass);
        for (const [batch, gradients] of byToken) {
          let start = 0;
          for (const tensor of layer.pick(gradients).dense) {
            const places = tensor.axes.filter((axis) => spaceOf(axis) === TIME);
            const size = entries(tensor.shape.slice(2 + places.length));
            const shares = products(tensor, weight.subarray(start, start + size));
            this.#add(layer.name, batch, shares, pass, places.length > 0);
            start += size;
          }
        }
      }
    }
  }

  /** Adds what tables give, from the rows that stages have stored. */
  async addTables(): Promise<void> {
    const { plan, programs, work, store } = this.#parts;
    const training = new Map<string, { readonly member: number; readonly rows: SparseRows }[]>();
    for (let chunk = 0; chunk < plan.trainChunks; chunk++) {
      const members = membersOf(plan, chunk);
      for (const [table, examples] of await tableRowsOf(this.#parts, chunk)) {
        const known = training.get(table) ?? [];
        examples.forEach((rows, k) => {
          known.push({ member: at(members, k), rows });
        });
        training.set(table, known);
      }
    }
    for (const pass of this.#passes) {
      const weights = new Map([...training].map(([table, examples]) => [table, this.#rowWeights(examples, pass)]));
      for (let chunk = plan.trainChunks; chunk < plan.chunks.length; chunk++) {
        for (const [k, { stage, rows }] of programs.stages.entries()) {
          if (!work.hasRows(k)) continue;
          const stored = await readTensors(store, rowsBlock(k, chunk));
          for (const batch of chunkOf(plan, chunk)) {
            rows.forEach(({ local, indexAxes, cotangentAxes }, n) => {
              const part = (name: string) => required(stored[`${batch}.${n}.${name}`], `${name} of rows of "${local}"`);
              const table = globalName(stage, local);
              this.#addRows(layerOf(k, table), batch, pass, {
                index: { ...part('index'), axes: indexAxes },
                cotangent: { ...part('cotangent'), axes: cotangentAxes },
                weights: required(weights.get(table), `weights of "${table}"`),
              });
            });
          }
        }
      }
    }
  }

  result(): LayerTokens[] {
    return [...this.#shares].map(([layer, shares]) => ({ layer, shares }));
  }

  async #weight(
    training: readonly { readonly batch: number; readonly block: FactorBlock }[],
    pass: Pass,
  ): Promise<Float32Array> {
    let total: Float64Array | undefined;
    for (const { batch, block } of training) {
      const coefficients = Float32Array.from(this.#coefficients(batch, pass));
      const part = await weightOf(this.#options.engine, block, coefficients, this.#signs);
      total = total === undefined ? Float64Array.from(part) : total.map((value, k) => value + at(part, k));
    }
    return Float32Array.from(required(total, 'weight of a chunk'));
  }

  #denseWeight(training: readonly { readonly batch: number; readonly dense: DenseBlock }[], pass: Pass): Float64Array {
    let total: Float64Array | undefined;
    for (const { batch, dense } of training) {
      const coefficients = this.#coefficients(batch, pass);
      const size = dense.gradients.length / coefficients.length;
      total ??= new Float64Array(size);
      for (const [line, coefficient] of coefficients.entries()) {
        for (let k = 0; k < size; k++) {
          total[k] = entry(total, k) + coefficient * this.#formed(at(dense.gradients, line * size + k));
        }
      }
    }
    return required(total, 'weight of dense gradients');
  }

  #rowWeights(
    examples: readonly { readonly member: number; readonly rows: SparseRows }[],
    { coefficients }: Pass,
  ): Map<number, Float64Array> {
    const outputs = this.#options.outputs.outputs;
    const weights = new Map<number, Float64Array>();
    for (const { member, rows } of examples) {
      const column = required(this.#columns.get(member), 'column of a training example');
      for (const [row, gradient] of rows) {
        const size = gradient.length / outputs;
        const sum = weights.get(row) ?? new Float64Array(size);
        weights.set(row, sum);
        gradient.forEach((value, k) => {
          const coefficient = entry(coefficients, column * outputs + Math.floor(k / size));
          sum[k % size] = entry(sum, k % size) + coefficient * this.#formed(value);
        });
      }
    }
    return weights;
  }

  #addRows(layer: string, batch: number, pass: Pass, use: RowsUse): void {
    const { index, cotangent, weights } = use;
    const { members } = this.#batch(batch);
    const time = index.axes.find((axis) => spaceOf(axis) === TIME);
    const found = members.map((): SparseRows => new Map());
    const places = time === undefined ? index : coordinates(index, time);
    addRows({ index: places, cotangent, batch: BATCH, output: OUTPUT }, found);
    members.forEach((member, b) => {
      for (const [place, gradient] of at(found, b)) {
        const row = time === undefined ? place : rowNamedAt(index, b, time, place);
        const weight = weights.get(row);
        if (weight === undefined) continue;
        for (const output of pass.outputs) {
          let sum = 0;
          for (let k = 0; k < weight.length; k++) sum += entry(weight, k) * at(gradient, output * weight.length + k);
          this.#put(layer, member, output, time === undefined ? undefined : place, sum);
        }
      }
    });
  }

  /** Coefficients [examples · outputs] of a batch of the training side. */
  #coefficients(batch: number, { coefficients }: Pass): number[] {
    const outputs = this.#options.outputs.outputs;
    return this.#batch(batch).members.flatMap((member) => {
      const column = required(this.#columns.get(member), 'column of a training example');
      return [...coefficients.subarray(column * outputs, (column + 1) * outputs)];
    });
  }

  #formed(value: number): number {
    return this.#signs ? Math.sign(value) : value;
  }

  /** Adds shares [examples × outputs × places] of a batch. */
  #add(layer: string, batch: number, shares: ArrayLike<number>, pass: Pass, ofTokens: boolean): void {
    const { members } = this.#batch(batch);
    const outputs = this.#options.outputs.outputs;
    const places = shares.length / (members.length * outputs);
    members.forEach((member, b) => {
      for (const output of pass.outputs) {
        for (let p = 0; p < places; p++) {
          this.#put(layer, member, output, ofTokens ? p : undefined, at(shares, (b * outputs + output) * places + p));
        }
      }
    });
  }

  /** Adds to a token, or where none is named to the one that the head reads; padding has no share. */
  #put(layer: string, member: number, output: number, token: number | undefined, share: number): void {
    const { ids, place } = required(this.#options.examples[member], `example ${member}`);
    const position = token ?? place;
    if (position >= ids.length) return;
    const own = required(this.#shares.get(layer), `shares of layer "${layer}"`);
    const data = own.get(member) ?? new Float64Array(this.#options.outputs.outputs * ids.length);
    own.set(member, data);
    const target = output * ids.length + position;
    data[target] = entry(data, target) + share;
  }

  #batch(batch: number): Batch {
    return batchOf(this.#parts.plan, batch);
  }
}

interface RowsUse {
  readonly index: Tensor;
  readonly cotangent: Tensor;
  readonly weights: ReadonlyMap<number, Float64Array>;
}

/** Inner products of a dense gradient [batch, output, …places, …entries] with a weight, [batch × output × places]. */
function products({ data }: Tensor, weight: Float64Array): Float64Array {
  return Float64Array.from({ length: data.length / weight.length }, (_, line) =>
    weight.reduce((sum, value, k) => sum + value * at(data, line * weight.length + k), 0),
  );
}

/** An index with each place's position along an axis in the place of what it names. */
function coordinates(index: Tensor, axis: string): Tensor {
  const place = index.axes.indexOf(axis);
  const inner = entries(index.shape.slice(place + 1));
  const size = at(index.shape, place);
  return { ...index, data: Int32Array.from(index.data, (_, k) => Math.floor(k / inner) % size) };
}

/** What an index over examples and tokens, or over tokens alone, names at a token. */
function rowNamedAt({ axes, shape, data }: Tensor, example: number, time: string, token: number): number {
  const known = axes.every((axis) => axis === time || axis === BATCH);
  required(known ? 1 : undefined, 'index over examples and tokens');
  const step = (axis: string): number => entries(shape.slice(axes.indexOf(axis) + 1));
  return at(data, (axes.includes(BATCH) ? example * step(BATCH) : 0) + token * step(time));
}
