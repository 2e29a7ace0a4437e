/** Networks in which a setting was planted that has another power of the width than it should. */

import { expect } from 'vitest';
import { trainedNet } from '../../src/cli/coordNets.ts';
import { nodeStepper } from '../../src/cli/stepper.ts';
import { type CoordOptions, coordinateCheck, type SettingPower } from '../../src/experiments/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';

const engine = nodeEngine({ threads: 1 });

/** `setting of parameter: has, should`. */
export const short = (powers: readonly SettingPower[]): string[] =>
  powers.map(({ setting, parameter, has, should }) => `${setting} of ${parameter}: ${has}, ${should}`);

/** A network that is trained one step in what µP, or the parametrization itself, predicts. */
export async function settingsOf(name: string, rest: Partial<CoordOptions>): Promise<readonly SettingPower[]> {
  const text = name.startsWith('transformer');
  const { verdict, settings = [] } = await coordinateCheck({
    ...trainedNet(name, { depth: text ? 1 : 2, batch: text ? 4 : 16, input: 4, seed: 0 }),
    ...{ parametrization: MUP, optimizer: optimizerNamed('adam'), settings: { learningRate: 0.01 } },
    ...{ widths: text ? [32, 64, 128] : [32, 64, 128, 256], seeds: text ? 3 : 8, steps: 1 },
    ...{ stepper: nodeStepper(engine), ...rest },
  });
  expect(verdict).toBe('fail');
  return settings;
}
