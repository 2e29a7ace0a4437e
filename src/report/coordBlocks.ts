/** The layers of a network in groups that a panel each can show: blocks, and what comes before and after them. */

/** Layers that a panel can tell apart by their colors. */
export const COLORS = 5;

export interface Block {
  readonly name: string;
  readonly layers: readonly string[];
}

/**
 * All layers together where colors tell them apart, without a name. Else one block for each number that layers end with
 * (`query 2`, `scores of shares2`), and one for those without a number before them, and after; first of them what holds
 * `origin`, the layer where something goes wrong.
 */
export function blocksOf(layers: readonly string[], origin?: string): Block[] {
  if (layers.length <= COLORS) return [{ name: '', layers }];
  const numbered = layers.map(numberOf);
  const first = numbered.findIndex((number) => number !== undefined);
  const groups = new Map<string, string[]>();
  layers.forEach((layer, k) => {
    const number = numbered[k];
    const key = number ?? (k < first ? 'before' : 'after');
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  });
  const blocks = [...groups].map(
    ([key, own]): Block => ({
      name: numberOf(key) !== undefined && own.length > 1 ? `block ${key}` : own.join(', '),
      layers: own,
    }),
  );
  const begins = blocks.findIndex((block) => origin !== undefined && block.layers.includes(origin));
  return begins < 0 ? blocks : [...blocks.slice(begins, begins + 1), ...blocks.filter((_, k) => k !== begins)];
}

/** The number that a name ends with. */
const numberOf = (name: string): string | undefined => /\d+$/.exec(name)?.[0];
