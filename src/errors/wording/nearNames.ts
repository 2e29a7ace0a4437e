import { required } from '../index.ts';

/**
 * The names among `known` that look like `name`, nearest first, for "did you mean" parts of messages: those that
 * contain it or are contained in it, and those within a third of its length by edit distance, ignoring case.
 */
export function nearNames(name: string, known: readonly string[], limit = 3): readonly string[] {
  const wanted = name.toLowerCase();
  const surplus = (candidate: string): number => Math.abs(candidate.length - name.length);
  const order = (a: string, b: string): number => surplus(a) - surplus(b) || (a < b ? -1 : 1);
  const allowed = Math.max(2, Math.floor(wanted.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: nameDistance(wanted, candidate.toLowerCase(), allowed) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || order(a.candidate, b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** A longer name was not mistyped. */
const TYPED = 60;
/** More names than this are not all looked through: the last ones are those nearest to a mistake. */
const LOOKED_THROUGH = 10_000;

/**
 * The name among `known` that someone who typed `name` meant, if one is likely: the nearest, where a name of one or two
 * letters keeps its first.
 */
export function likely(name: string, known: readonly string[]): string | undefined {
  if (name.length > TYPED) return undefined;
  const first = (text: string): string | undefined => text[0]?.toLowerCase();
  return nearNames(name, known.slice(-LOOKED_THROUGH), LOOKED_THROUGH).find(
    (near) => name.length > 2 || first(near) === first(name),
  );
}

/** A name that only lacks a prefix or suffix (`bert.`, `.weight`) counts as one edit; far ones are not measured. */
function nameDistance(a: string, b: string, allowed: number): number {
  if (a === b) return 0;
  if (Math.min(a.length, b.length) >= 3 && (a.includes(b) || b.includes(a))) return 1;
  if (Math.abs(a.length - b.length) > allowed) return Number.POSITIVE_INFINITY;
  return editDistance(a, b);
}

/** Levenshtein's distance by one rolling row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = required(row[j], 'distance of a row') + (a[i] === b[j] ? 0 : 1);
      next.push(
        Math.min(replaced, required(row[j + 1], 'distance of a row') + 1, required(next[j], 'distance of a row') + 1),
      );
    }
    row = next;
  }
  return required(row[b.length], 'distance of a row');
}
