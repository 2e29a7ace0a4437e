/** What a sweep is made of, as the command is told it. */

import { required } from '../../errors/index.ts';
import {
  type Cell,
  type CellStore,
  checkedValues,
  commonBaseWidth,
  type Examples,
  nameOf,
  type Swept,
  sweptNamed,
  type TransferOptions,
  teacherExamples,
} from '../../experiments/index.ts';
import { digitExamples } from '../../experiments/node/index.ts';
import type { Engine } from '../../finite/index.ts';
import type { Device } from '../../finite/node/index.ts';
import { type NetName, namedNet } from '../../nets/index.ts';
import { type Parametrization, ruleOf } from '../../parametrizations/index.ts';
import type { SizedRun } from '../../program/index.ts';
import type { BlockStore, JsonObject } from '../../runs/index.ts';
import { checkGradients } from '../../training/index.ts';
import { activationNamed } from '../activationOption.ts';
import { type DeviceOption, deviceIdentity } from '../deviceOption.ts';
import * as errors from '../errors.ts';
import { oneOf } from '../netOption.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import { defaultMemory } from '../options.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { nodeStepper } from '../stepper.ts';
import { type ValueList, valuesOf } from '../transferValues.ts';
import { version } from '../version.ts';

export interface TransferCommandOptions extends DeviceOption {
  readonly net: string;
  readonly depth: number;
  readonly activation: string;
  readonly widths: readonly number[];
  readonly sweep: string;
  readonly values?: ValueList;
  readonly rates?: ValueList;
  readonly learningRate?: number;
  readonly steps: number;
  readonly batch: number;
  readonly seeds: number;
  readonly seed: number;
  readonly optimizer: string;
  readonly parametrizations: string;
  readonly samples?: number;
  readonly baseWidth?: number;
  readonly data: string;
  readonly pixels?: number;
  readonly memory?: number;
  readonly out?: string;
  readonly plot?: string;
  readonly report?: string;
  readonly planOnly: boolean;
  readonly sameMachines: boolean;
  readonly json: boolean;
}

/** Networks of which widths and rates are swept. */
export const NETS: readonly NetName[] = ['mlp', 'residual-mlp', 'cnn'];
/** From one window of an image to the next: a quarter of the places each layer. */
const STRIDE = 2;
/** Data by name. */
export const DATA: readonly string[] = ['teacher', 'digits'];
export const LEARNING_RATE = 'learningRate';

/** A sweep, and what decides the loss of one network besides its own width, value and seed. */
export interface GivenSweep {
  readonly options: TransferOptions;
  readonly identity: JsonObject;
}

/** Reads what the command names. Throws the errors of options, networks, optimizers, parametrizations and data. */
export async function givenSweep(
  options: TransferCommandOptions,
  { engine, device }: { readonly engine: Engine; readonly device: Device },
): Promise<GivenSweep> {
  const { depth, data, seed, seeds, steps, batch, learningRate } = options;
  const net = namedNet(oneOf(NETS, options.net, 'train'));
  const images = net.reads.includes('image');
  const activation = activationNamed(options.activation);
  if (!DATA.includes(data)) throw errors.unknownTransferData(data, DATA);
  if (options.pixels !== undefined && data !== 'digits') throw errors.pixelsWithoutImages(data);
  if (images && data !== 'digits') throw errors.netWithoutImages(options.net, data);
  const { optimizer, settings, identity: told } = await toldOptimizer(options.optimizer);
  if (Object.hasOwn(settings, options.sweep)) throw errors.sweptAndSet(options.sweep);
  const swept = sweptNamed(options.sweep, optimizer);
  const values = valuesGiven(options, swept);
  const parametrizations: Parametrization[] = [];
  for (const given of options.parametrizations.split(',')) {
    parametrizations.push((await readParametrization(given.trim(), ruleOf(optimizer, { settings }))).parametrization);
  }
  const baseWidth = commonBaseWidth(parametrizations, options.baseWidth) ?? required(options.widths[0], 'width');
  const finite = options.widths.filter(Number.isFinite);
  const sampled = options.samples === undefined ? {} : { samples: options.samples };
  const run: SizedRun = (program, feeds, sizes) => engine.run(program, feeds, sizes);
  const examples = await examplesNamed(
    data,
    run,
    options.pixels === undefined ? { images } : { images, pixels: options.pixels },
  );
  const pixels = Math.sqrt(examples.input);
  const trained = net.make({ depth, activation, classes: examples.classes, places: [pixels, pixels], stride: STRIDE });
  checkGradients(trained);
  return {
    options: {
      net: trained,
      optimizer,
      parametrizations,
      baseWidth,
      examples,
      seed,
      seeds,
      steps,
      batch,
      stepper: nodeStepper(engine),
      hyperparameter: swept.name,
      widths: finite,
      ...(finite.length < options.widths.length ? { infinite: sampled } : {}),
      memory: options.memory ?? defaultMemory(),
      settings: { ...settings, ...(learningRate === undefined ? {} : { learningRate }) },
      ...(values === undefined ? {} : { values }),
    },
    identity: {
      job: 'transfer',
      nexort: version(),
      ...deviceIdentity(device),
      net: options.net,
      depth,
      activation: options.activation,
      data: examples.name,
      steps,
      batch,
      baseWidth,
      optimizer: told,
      sweep: swept.name,
      learningRate: learningRate ?? null,
      parametrizations: JSON.parse(JSON.stringify(parametrizations)),
    },
  };
}

/** What --values or --rates give, which must fit what is swept. */
export function valuesGiven(
  { values, rates, learningRate, sweep }: Pick<TransferCommandOptions, 'values' | 'rates' | 'learningRate' | 'sweep'>,
  swept: Swept,
): readonly number[] | undefined {
  if (rates !== undefined && values !== undefined) throw errors.valuesTwice();
  if (rates !== undefined && sweep !== LEARNING_RATE) throw errors.notWhatIsSwept('--rates', sweep);
  if (learningRate !== undefined && sweep === LEARNING_RATE) throw errors.notWhatIsSwept('--learning-rate', sweep);
  const given = values ?? rates;
  return given === undefined ? undefined : checkedValues(swept, valuesOf(given, swept));
}

/** Data by name; of digits vectors, unless told otherwise. */
export const examplesNamed = (
  data: string,
  run: SizedRun,
  { images = false, ...pixels }: Partial<Parameters<typeof digitExamples>[0]> = {},
): Promise<Examples> => (data === 'digits' ? digitExamples({ images, ...pixels }) : teacherExamples({ run }));

/** Losses as blocks of a run folder, which checks them against damage. */
export function cellsOf(folder: Pick<BlockStore, 'read' | 'write'>): CellStore {
  return {
    read: async (key) => {
      const bytes = await folder.read(nameOf(key));
      // As `write` below made it.
      return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as Cell);
    },
    write: (cell) => folder.write(nameOf(cell), [new TextEncoder().encode(JSON.stringify(cell))]),
  };
}
