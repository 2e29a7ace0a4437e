/** Which layers and which tokens of a text carry its label, for a terminal. */

import type { Prediction } from '../lm/node/index.ts';
import { aligned } from './table.ts';

/** Characters of the longest bar. */
const BAR = 24;

/** Layers as bars, and the tokens that weigh most; nothing where no explanation was asked for. */
export function layersAndTokens(one: Prediction, top: number, shown: (value: number) => string): string[] {
  const { layers, tokens } = one;
  if (layers === undefined) return [];
  const most = Math.max(...layers.map(({ weight }) => Math.abs(weight)));
  const bars = layers.map(({ layer, weight }, k) => [
    k === 0 ? 'layers' : '',
    shown(weight),
    layer,
    (weight < 0 ? '░' : '█').repeat(most === 0 ? 0 : Math.round((BAR * Math.abs(weight)) / most)),
  ]);
  const parts = [aligned(bars, ['left', 'right', 'left', 'left'])];
  if (tokens === undefined) return parts;
  const ranked = tokens
    .map(({ token, weight }, k) => ({ token, weight, place: k + 1 }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const chosen = ranked.slice(0, 2 * top).sort((a, b) => b.weight - a.weight);
  const rest = ranked.slice(2 * top).reduce((sum, { weight }) => sum + weight, 0);
  const others = tokens.length - chosen.length;
  const rows = [
    ...chosen.map(({ token, weight, place }, k) => [k === 0 ? 'tokens' : '', shown(weight), token, `number ${place}`]),
    ...(others === 0 ? [] : [['', shown(rest), `${others} others`, '']]),
  ];
  parts.push(aligned(rows, ['left', 'right', 'left', 'left']));
  return parts;
}
