/** What a run says before its work. */

import { duration } from './progress.ts';

interface Forecast {
  readonly bytes: number;
  /** Of a run from the start. */
  readonly seconds: number;
  readonly resumed: boolean;
}

/** Memory and time, and where a run goes on: in its `folder`, if that has to be named. */
export function forecastText({ bytes, seconds, resumed }: Forecast, folder?: string): string {
  const size = `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const holder = folder === undefined ? 'the folder' : `'${folder}'`;
  return resumed
    ? `going on with the run that ${holder} holds (${size} of memory; from the start it would take about ${duration(seconds)})`
    : `forecast: ${size} of memory, about ${duration(seconds)}`;
}
