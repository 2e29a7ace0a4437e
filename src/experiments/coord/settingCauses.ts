/**
 * Which settings at hand explain what a failed check has measured: those whose power of the width is another than maximal
 * updates ask for, as far as sizes show what that leads to.
 */

import { required } from '../../errors/index.ts';
import { at } from '../../numeric/index.ts';
import { exponentsFor, relativeWidth, toNumber } from '../../parametrizations/index.ts';
import { bind, nodeOf, type Program, raised, type Sizes, type Tensors } from '../../program/index.ts';
import { numberOf, type SettingPower, settingPowers, type TrainedWith } from '../settingPowers.ts';
import type { Told } from './findings.ts';
import { differs } from './judge.ts';
import type { Measured } from './result.ts';
import { multipliedBy } from './structure.ts';

export interface SettingCauseOptions extends TrainedWith {
  /** A training step, whose states have the laws of weights. */
  readonly program: Program;
  readonly widths: readonly number[];
  readonly sizes: Sizes;
  readonly data: Tensors;
}

/** What stands beside a gradient is seen from this share of it on. */
const SEEN = 0.1;

/** The settings that measured sizes accuse. */
export function settingCauses(told: readonly Told[], options: SettingCauseOptions): SettingPower[] {
  return settingPowers(options).flatMap((power): SettingPower[] => {
    const shown = evidence(power, told, options);
    return shown === undefined ? [] : [{ ...power, text: `${power.text}; ${shown}` }];
  });
}

/** What shows it, in words; undefined where nothing does. */
function evidence(power: SettingPower, told: readonly Told[], options: SettingCauseOptions): string | undefined {
  const { parameter, has, should } = power;
  const effects = beforeUpdates(told, 'update effect', parameter);
  const off = effects.find((one) => differs(one, { exponent: 0, atMost: false }));
  switch (power.setting) {
    case 'learning rate':
    case 'embedding rate':
    case 'scale mode': {
      const found = effects.find((one) => isPower(one, has - should));
      return found === undefined ? undefined : `its update effect is ${powerText(found)}`;
    }
    case 'ε': {
      const epsilon = numberOf(options.optimizer, options.settings, power.told);
      return beside('ε', () => epsilon, { power, told, options, off });
    }
    case 'coupled decay': {
      const decay = numberOf(options.optimizer, options.settings, 'coupledDecay');
      return beside('λw', (width) => decay * deviationAt(parameter, width, options), { power, told, options, off });
    }
    case 'decoupled decay': {
      const { optimizer, settings, parametrization, widths } = options;
      const rate = numberOf(optimizer, settings, 'learningRate');
      const decay = numberOf(optimizer, settings, 'decoupledDecay');
      const width = Math.max(...widths);
      const taken = rate * decay * relativeWidth(parametrization, { width }) ** -should;
      // What falls with the width leaves nothing that a check sees.
      if (should >= 0 || off === undefined || taken < SEEN) return undefined;
      return `at width ${width} a step takes ${shareText(taken)} times as much of it as there is, and its update effect is ${powerText(off)}`;
    }
    case 'tied weights': {
      const top = multipliedBy(options.net);
      const { a, b } = exponentsFor(
        options.parametrization,
        required(
          options.net.parameters.find(({ name }) => name === parameter),
          `parameter ${parameter}`,
        ),
      );
      const start = told.find(
        ({ row, measured }) => row.output === top && row.quantity === 'preactivation' && measured.step === 0,
      )?.measured;
      // A sum of independent terms; where a row meets itself, as in a residual stream, of aligned ones: √n times as large.
      const most = 1 + has - toNumber(a) - toNumber(b);
      const shown =
        start !== undefined &&
        differs(start, { exponent: 0, atMost: true }) &&
        !differs(start, { exponent: most, atMost: true });
      return shown ? `the output starts at ${powerText(start)}` : undefined;
    }
  }
}

/** Measurements of a parameter before the first update. */
function beforeUpdates(told: readonly Told[], quantity: Measured['quantity'], parameter: string): Measured[] {
  return told.flatMap(({ row, measured }) =>
    measured.step === 0 && row.quantity === quantity && row.parameter === parameter ? [measured] : [],
  );
}

/** Whether a size follows this power, and not that of maximal updates, none. */
const isPower = (one: Measured, exponent: number): boolean =>
  !differs(one, { exponent, atMost: false }) && differs(one, { exponent: 0, atMost: false });

interface Beside {
  readonly power: SettingPower;
  readonly told: readonly Told[];
  readonly options: SettingCauseOptions;
  /** The effect of the update that is off. */
  readonly off: Measured | undefined;
}

/** Whether something stands beside what updates see at the end of the widths where it should not weigh, and effects are off. */
function beside(
  what: string,
  sizeAt: (width: number) => number,
  { power: { parameter, has, should }, told, options: { widths }, off }: Beside,
): string | undefined {
  const [seen] = beforeUpdates(told, 'update input', parameter);
  if (seen === undefined || off === undefined) return undefined;
  // Too large a power outweighs gradients in wide networks, too small a one in narrow ones.
  const order = widths.map((_, k) => k).sort((i, j) => at(widths, i) - at(widths, j));
  const end = required(has > should ? order.at(-1) : order[0], 'width of a check');
  const width = at(widths, end);
  const ratio = sizeAt(width) / at(seen.sizes, end);
  if (!(ratio >= SEEN)) return undefined;
  return `at width ${width} ${what} is ${shareText(ratio)} times what its update sees, which is ${powerText(seen)}, and its update effect is ${powerText(off)}`;
}

/** The deviation that a weight starts with at a width. */
function deviationAt(parameter: string, width: number, { program, sizes, data }: SettingCauseOptions): number {
  const { instruction } = nodeOf(program, parameter);
  const law = instruction.op === 'input' || instruction.op === 'parameter' ? instruction.law : undefined;
  if (law === undefined || law.kind === 'constant') return 0;
  const bound = bind(program, { ...sizes, n: width }, data);
  return law.powers.reduce(
    (total, { space, exponent }) => total * raised(required(bound[space], `size of ${space}`), exponent),
    law.scale,
  );
}

const powerText = ({ exponent }: Measured): string =>
  exponent === undefined ? '0' : exponent === Number.POSITIVE_INFINITY ? 'not finite' : `n^${exponent.toFixed(2)}`;

const shareText = (share: number): string => String(Number(share.toPrecision(2)));
