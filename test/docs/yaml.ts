/** The part of YAML that pages use: entries by indentation, lists of dashes, and `{ … }` and `[ … ]` on one line. */

export type Yaml = string | number | readonly Yaml[] | { readonly [key: string]: Yaml };

interface Line {
  readonly depth: number;
  readonly text: string;
}

const ENTRY = /^([\w.-]+):(?: (.*))?$/;

/** Reads a text; throws for what is not of this part. */
export function parseYaml(text: string): Yaml {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Line => ({ depth: line.length - line.trimStart().length, text: line.trim() }));
  const [value, rest] = block(lines);
  if (rest.length > 0) throw new Error(`not indented as the lines before: ${rest[0]?.text}`);
  return value;
}

/** What the first lines of one depth are, and the lines that are left. */
function block(lines: readonly Line[]): [Yaml, readonly Line[]] {
  const depth = lines[0]?.depth ?? 0;
  const [list, entries]: [Yaml[], Record<string, Yaml>] = [[], {}];
  let rest = lines;
  for (let [first] = rest; first !== undefined && first.depth === depth; [first] = rest) {
    rest = rest.slice(1);
    if (first.text.startsWith('- ')) {
      list.push(flow(first.text.slice(2)));
      continue;
    }
    const [found, key = '', own] = ENTRY.exec(first.text) ?? [];
    if (found === undefined) throw new Error(`neither an entry nor a part of a list: ${first.text}`);
    if (Object.hasOwn(entries, key)) throw new Error(`stands there twice: ${key}`);
    if (own !== undefined) entries[key] = flow(own);
    else {
      if ((rest[0]?.depth ?? 0) <= depth) throw new Error(`has no value: ${key}`);
      [entries[key], rest] = block(rest);
    }
  }
  if (list.length > 0 && Object.keys(entries).length > 0) throw new Error('a list with entries beside it');
  return [list.length > 0 ? list : entries, rest];
}

/** A value on one line: JSON but for quotes around words. */
function flow(text: string): Yaml {
  const json = text.replace(/[^\s{}[\],:][^{}[\],:]*/g, (word) => {
    const trimmed = word.trimEnd();
    return (/^-?\d+(?:\.\d+)?$/.test(trimmed) ? trimmed : JSON.stringify(trimmed)) + word.slice(trimmed.length);
  });
  return JSON.parse(json) as Yaml; // of strings, numbers, lists and objects alone
}
