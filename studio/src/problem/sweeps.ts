/** What sweeps and checks of coordinates train with, as the commands have it. */

import type { Settings } from 'nexort/optimizers';
import { optimizerOf } from './rules.ts';

/** Examples of an update of a sweep; examples of a check, and their numbers. */
export const [BATCH, COORD_BATCH, COORD_INPUT] = [64, 16, 8] as const;

/** The command's settings of an optimizer: what the limit page adds to Adam's ε, sweeps leave out. */
export const sweptSettings = (given: string): Settings =>
  Object.fromEntries(
    Object.entries(optimizerOf(given).settings).filter(([name]) => name !== 'smooth' || given.includes('smooth')),
  );
