/** The default view, computed beforehand by `npm run studio:stored`, so that something is there before anything is computed. */

import stored from '../../stored/limit.json' with { type: 'json' };
import { DEFAULTS } from '../problem/fields.ts';
import { readFields } from '../problem/read.ts';
import type { Banded, LimitView, NetworkView } from './view.ts';
import { keyOf } from './wanted.ts';

export type StoredView =
  | { readonly kind: 'limit'; readonly view: LimitView }
  | { readonly kind: 'network'; readonly view: NetworkView };

const banded = (pair: readonly number[]): Banded => ({ value: pair[0] ?? 0, standardError: pair[1] ?? 0 });

function read(): ReadonlyMap<string, StoredView> {
  const { spec } = readFields(DEFAULTS);
  if (spec === undefined || JSON.stringify(spec.sides) !== JSON.stringify(stored.sides)) return new Map();
  return new Map(
    spec.sides.flatMap((side, place): [string, StoredView][] => {
      const found = stored.found[place];
      if (found === undefined) return [];
      const { kind, scramblings, outputs, losses } = found.limit;
      const limit: LimitView = {
        ...{ kind, scramblings, losses: losses.map(banded) },
        outputs: outputs.map((step) => step.map(banded)),
      };
      return [
        [keyOf(side), { kind: 'limit', view: limit }],
        ...found.networks.map((view): [string, StoredView] => [keyOf(side, view), { kind: 'network', view }]),
      ];
    }),
  );
}

/** By key; empty where what is stored was computed of other settings than those of today. */
export const STORED = read();
/** The version of nexort that computed it. */
export const STORED_BY: string = stored.nexort;
