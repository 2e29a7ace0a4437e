interface Place {
  readonly value: unknown;
  /** Of a list or object in which it stands. */
  readonly key: string;
  readonly parent: Place | undefined;
}

/**
 * Where in a value that was parsed from JSON a number is not finite, as `a.b[2]`: JSON has none, but its parsers make
 * infinity of `1e400`. Empty for the value itself; undefined where all are finite.
 */
export function tooLarge(json: unknown): string | undefined {
  // No recursion: a file may be nested deeper than calls can be.
  const left: Place[] = [{ value: json, key: '', parent: undefined }];
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { value } = place;
    if (typeof value === 'number' && !Number.isFinite(value)) return pathOf(place);
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    for (const [key, inner] of Object.entries(value).reverse()) {
      if (typeof inner === 'number' ? Number.isFinite(inner) : typeof inner !== 'object') continue;
      left.push({ value: inner, key: isList ? `[${key}]` : `.${key}`, parent: place });
    }
  }
  return undefined;
}

function pathOf(place: Place): string {
  const keys: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) keys.push(at.key);
  return keys.reverse().join('').replace(/^\./, '');
}
