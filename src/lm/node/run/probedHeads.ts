/** The heads of linear probing: fitted to the frozen features of each draw's training examples, and kept in the run. */

import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import { at, matrix } from '../../../numeric/index.ts';
import { type KernelStore, readTensors, writeTensors } from '../../kernel/blockStore.ts';
import { frozenFeatures } from '../../kernel/frozenFeatures.ts';
import {
  keepingWeights,
  type LanguageModel,
  openLanguageModel,
  type Weights,
  withWeights,
} from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type LinearHead, linearProbe } from '../../solve/probe.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { adapterOf } from '../model/loraOfRun.ts';
import { type KernelPart, seedOfDraw, storeOf } from './kernelParts.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

const HEAD_BLOCK = 'head';

/** The head of every draw that has one of its own; features are computed once, and only if a head is not there. */
export async function probedHeads(
  { model, task, lora }: Pick<KernelRunOptions, 'model' | 'task' | 'lora'>,
  inputs: KernelInputs,
  parts: readonly KernelPart[],
  { engine, store }: { readonly engine: Engine; readonly store: KernelStore },
): Promise<readonly (LinearHead | undefined)[]> {
  const own = parts.filter(({ seed }) => seed !== undefined);
  const there = await Promise.all(own.map((part) => storeOf(store, part).has(HEAD_BLOCK)));
  if (there.includes(false)) {
    const functional = await openLanguageModel(
      checkpointFolder(model),
      ({ width }) => ({ kind: 'functional', classes: width }),
      adapterOf(lora),
    );
    try {
      const examples = inputs.encoded.slice(0, inputs.train);
      const features = await frozenFeatures({ engine, model: functional, examples });
      for (const part of own) await writeHead(part, features);
    } finally {
      await functional.close();
    }
  }
  const heads: (LinearHead | undefined)[] = [];
  for (const part of parts) heads.push(part.seed === undefined ? undefined : await readHead(part));
  return heads;

  async function writeHead(part: KernelPart, { columns, data }: ReturnType<typeof matrix>): Promise<void> {
    if (await storeOf(store, part).has(HEAD_BLOCK)) return;
    const { train } = at(at(part.inputs, 0).data.draws, 0);
    const rows = new Float64Array(train.length * columns);
    train.forEach((example, k) => {
      const row = required(inputs.positions.get(example), 'position of a training example');
      rows.set(data.subarray(row * columns, (row + 1) * columns), k * columns);
    });
    const classes = train.map(({ label }) => task.labels.findIndex(({ name }) => name === label));
    const { weight, bias } = linearProbe(matrix(train.length, columns, rows), classes, task.labels.length);
    await writeTensors(storeOf(store, part), HEAD_BLOCK, {
      weight: { shape: [bias.length, columns], data: weight },
      bias: { shape: [bias.length], data: bias },
    });
  }

  async function readHead(part: KernelPart): Promise<LinearHead> {
    const { weight, bias } = await readTensors(storeOf(store, part), HEAD_BLOCK);
    const numbers = (tensor: typeof weight): Float32Array =>
      Float32Array.from(required(tensor, 'part of a head in its block').data);
    return { weight: numbers(weight), bias: numbers(bias) };
  }
}

/** The model that each draw is of, by seed, its weights kept; without heads of the draws it is one. Throws what reading heads does. */
export async function modelsBySeed(
  options: Parameters<typeof probedHeads>[0],
  inputs: KernelInputs,
  { model, parts }: { readonly model: LanguageModel; readonly parts: readonly KernelPart[] },
  work: Parameters<typeof probedHeads>[3],
): Promise<ReadonlyMap<number, LanguageModel>> {
  const heads = await probedHeads(options, inputs, parts, work);
  const kept = keepingWeights(model);
  return new Map(
    parts.flatMap((part, k) => {
      const head = heads[k];
      const own = head === undefined ? kept : withWeights(kept, headParameters(kept, head));
      return part.inputs.map((draw): [number, LanguageModel] => [seedOfDraw(draw), own]);
    }),
  );
}

/** A head's numbers as the parameters of a model with a linear head. */
export function headParameters({ net, config }: LanguageModel, { weight, bias }: LinearHead): Weights {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'classifier.weight': [bias.length, config.width],
    'classifier.bias': [bias.length],
  };
  return Object.fromEntries(
    net.parameters.flatMap(({ name, axes }) => {
      const shape = shapes[name];
      return shape === undefined ? [] : [[name, { axes, shape, data: name.endsWith('bias') ? bias : weight }]];
    }),
  );
}
