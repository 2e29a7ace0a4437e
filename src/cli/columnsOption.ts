/** What `--columns` and `--labels` give; apart from the other parsers, for language models take long to load. */

import { InvalidArgumentError } from 'commander';
import { parseColumns, parseLabelValues } from '../lm/index.ts';

/** Columns of a data file by what they hold, `label=topic,text=message`. */
export const columns = argumentOf(parseColumns);

/** Labels by what stands for them in a data file, `0=negative,1=positive`. */
export const labelValues = argumentOf(parseLabelValues);

/** A parser whose errors commander tells with the option. */
function argumentOf<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}
