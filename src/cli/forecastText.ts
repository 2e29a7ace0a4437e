/** What a run says before its work. */

import { duration } from './progress.ts';

interface Forecast {
  readonly bytes: number;
  /** Of a run from the start. */
  readonly seconds: number;
  /** Of these, for the second kernel of asymmetric machines. */
  readonly secondKernel?: number;
  readonly resumed: boolean;
}

/** Memory and time, and where a run goes on: in its `folder`, if that has to be named. */
export function forecastText({ bytes, seconds, secondKernel, resumed }: Forecast, folder?: string): string {
  const size = `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const holder = folder === undefined ? 'the folder' : `'${folder}'`;
  const second =
    secondKernel === undefined
      ? ''
      : `, ${duration(secondKernel)} of it for the second kernel of the asymmetric machine (--fix lambda=1 needs none)`;
  return resumed
    ? `going on with the run that ${holder} holds (${size} of memory; from the start it would take about ${duration(seconds)}${second})`
    : `forecast: ${size} of memory, about ${duration(seconds)}${second}`;
}
