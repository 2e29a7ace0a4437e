/** A value as messages show it. */
export function shown(value: unknown): string {
  // Numbers too: what is none has no name in JSON.
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string' && value.length > 40) return `${JSON.stringify(value.slice(0, 40))}…`;
  return JSON.stringify(value);
}
