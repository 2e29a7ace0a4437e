/** Computes what the studio shows before it has computed anything: `npm run studio:stored`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BESIDE, wantedOf } from './src/limit/wanted.ts';
import { DEFAULTS } from './src/problem/fields.ts';
import { readFields } from './src/problem/read.ts';
import { trainLimit, trainNetwork } from './src/work/train.ts';

/** More digits than a figure shows. */
const DIGITS = 4;
const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

const { spec } = readFields(DEFAULTS);
if (spec === undefined) throw new Error('the defaults cannot be read');
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
}; // our own file

const found = [];
for (const side of spec.sides) {
  const { path, scramblings } = await trainLimit(side);
  const estimates = (of: readonly { readonly value: number; readonly standardError: number }[]) =>
    of.map(({ value, standardError }) => [rounded(value), rounded(standardError)]);
  const networks = [];
  for (const { side: own, network } of wantedOf(spec)) {
    if (own !== side || network === undefined || !BESIDE.some((width) => width === network.width)) continue;
    const { outputs, losses } = await trainNetwork({ spec: side, ...network });
    networks.push({ ...network, outputs: outputs.map((step) => step.map(rounded)), losses: losses.map(rounded) });
  }
  const limit = {
    ...{ kind: path.kind, scramblings },
    outputs: path.outputs.map(estimates),
    losses: estimates(path.losses ?? []),
  };
  found.push({ limit, networks });
}
const text = JSON.stringify({ nexort: version, sides: spec.sides, found });
writeFileSync(join(import.meta.dirname, 'stored/limit.json'), `${text}\n`);
