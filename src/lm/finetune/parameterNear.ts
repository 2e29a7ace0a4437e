/** Which of the trained parameters a value that went wrong is made of. */

import { required } from '../../errors/index.ts';
import { operands, type Program } from '../../program/index.ts';
import type { Divergence } from '../../training/index.ts';

/**
 * The trained parameter that the fewest instructions lie between it and the value, the first of equals; null where the
 * value is not one of the program's, or depends on none.
 */
export function parameterNear(
  { nodes }: Program,
  { value }: Pick<Divergence, 'value'>,
  names: ReadonlySet<string>,
): string | null {
  const known = new Map(nodes.map((node) => [node.name, node]));
  let layer = known.has(value) ? [value] : [];
  const seen = new Set(layer);
  while (layer.length > 0) {
    const found = layer.find((name) => names.has(name));
    if (found !== undefined) return found;
    const next: string[] = [];
    for (const name of layer) {
      for (const operand of operands(required(known.get(name), `value "${name}"`).instruction)) {
        if (seen.has(operand)) continue;
        seen.add(operand);
        next.push(operand);
      }
    }
    layer = next;
  }
  return null;
}
