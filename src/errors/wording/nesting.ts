/** JSON that people write is a few levels deep; what walks deeper values, or quotes them, runs out of stack. */
const MOST_NESTED = 500;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN, CLOSE] = [new Set([0x5b, 0x7b]), new Set([0x5d, 0x7d])];

/** How deep brackets and braces of a JSON text are nested; counting ends where they are too deep. */
function nestingOf(json: string): number {
  let [depth, deepest] = [0, 0];
  let quoted = false;
  for (let k = 0; k < json.length && deepest <= MOST_NESTED; k++) {
    const code = json.charCodeAt(k);
    if (quoted && code === BACKSLASH) k++;
    else if (code === QUOTE) quoted = !quoted;
    else if (!quoted && OPEN.has(code)) deepest = Math.max(deepest, ++depth);
    else if (!quoted && CLOSE.has(code)) depth--;
  }
  return deepest;
}

/** What is wrong with a JSON text that is nested too deeply; undefined where it is not. */
export function nestingProblem(json: string): string | undefined {
  return nestingOf(json) > MOST_NESTED
    ? `it is nested more than ${MOST_NESTED} levels deep, as no file of this kind is`
    : undefined;
}
