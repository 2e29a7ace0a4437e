/** Which exported functions are on arrays of numbers, by their declared types, and whether their comments say of what shape. */

/**
 * Numbers by position. `Uint8Array` is left out: bytes of a file or text. {@link arrayTypes} adds the library's own types.
 */
const NUMBERS = ['Float64Array', 'Float32Array', 'Int32Array', 'ArrayLike<number>', 'number[]'];

/** Where a statement of a declaration file begins, which ends before the next one. */
const STARTS = /^(?=(?:export|declare|import|type|interface|abstract|class)\b|\/[*/])/m;
const NAMED = /^(?:export )?(?:declare )?(?:abstract )?(?:function\*?|const|let|class|interface|type) (\w+)/;

/** The declarations of a file of types by name, overloads one after the other, with the comments within. */
function declarationsOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const statement of text.split(STARTS)) {
    const name = NAMED.exec(statement)?.[1];
    if (name !== undefined) found.set(name, (found.get(name) ?? '') + statement);
  }
  return found;
}

/** What a file of types says of a name, found by the line of the source that declares it; '' where it says nothing. */
export function declarationOf(line: string, text: string): string {
  return declarationsOf(text).get(/\b(?:function\*?|const|let|class|interface|type) (\w+)/.exec(line)?.[1] ?? '') ?? '';
}

const INTERFACE = /^(?:export )?(?:declare )?interface /;
const CLASS = /^(?:export )?declare (?:abstract )?class /;

/** An entry or a method, whose type is on one line, with the comment above it. */
const MEMBER =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*\n)?^ +(?:readonly |static |get )*(\w+)\??(?:: |(?:<[^>]*>)?(?=\())([^;{]*);/gm;

/** The entries and methods of an interface or class: names, types or signatures, and comments. */
export function membersOf(declaration: string): { name: string; type: string; comment: string }[] {
  if (!INTERFACE.test(declaration) && !CLASS.test(declaration)) return [];
  return [...declaration.matchAll(MEMBER)].map(([, comment = '', name = '', type = '']) => ({ name, type, comment }));
}

/** A function, a constant that is one, or the type of one. */
export const isFunction = (declaration: string): boolean =>
  /^(?:export )?(?:declare )?(?:function\b|const \w+: (?:<.*>)?\(|type \w+(?:<[^;{}]*>)? = \()/.test(declaration);

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

/** Another name of a type, `type Weights = …`. */
const ALIAS = /^(?:export )?(?:declare )?type \w+(?:<[^;{}]*>)? = ([^;{}]*);/;

/** An interface of entries `data` and their sizes, as `Tensor` and `Matrix` are. */
const holdsNumbers = (declaration: string): boolean =>
  INTERFACE.test(declaration) &&
  /^ {4}readonly data: /m.test(declaration) &&
  /^ {4}readonly (?:shape|dims|rows): /m.test(declaration);

/** The names of types that are arrays of numbers, or lists and records of such, among all declarations. */
export function arrayTypes(texts: readonly string[]): ReadonlySet<string> {
  const declared = texts.flatMap((text) => [...declarationsOf(text)]);
  const holders = declared.filter(([, declaration]) => holdsNumbers(declaration)).map(([name]) => name);
  const known = new Set([...NUMBERS, ...holders]);
  // What is a function of arrays is none, and neither are some entries of one.
  const aliases = declared.flatMap(([name, declaration]) => {
    const type = ALIAS.exec(declaration)?.[1];
    return type === undefined || /=>|\bPick</.test(type) ? [] : [[name, type] as const];
  });
  for (let before = 0; before < known.size; ) {
    before = known.size;
    for (const [name, type] of aliases) if (isOnArrays(type, known)) known.add(name);
  }
  return known;
}

/** Whether types of a signature, its parameters' and its result's, are among those given. */
export function isOnArrays(signature: string, types: ReadonlySet<string>): boolean {
  const words = withoutComments(signature).match(/\w+(?:<number>|\[\])?/g) ?? [];
  return words.some((word) => types.has(word) || types.has(word.replace(/\W.*/, '')));
}

/**
 * What counts as a shape: axes in brackets, `[examples, outputs]`; `rows × columns`, `n × n`; the axes or the axis
 * that it is on; or that it is one number `for each`, `for every` or `per` something.
 */
const SHAPES = [
  /(?<![\w\]])\[[a-z][^\]"'{}:]*\](?!\()/,
  /\brows × columns\b|\b(\w) × \1\b/,
  /\b(?:on|along|over|by) (?:(?:the|its|their|these) )?(?:\w+'s )?ax[ei]s\b/,
  /\b(?:one|an?)(?: \w+){0,2} (?:for each|for every|per)\b/i,
];

export const statesShape = (comment: string): boolean => {
  const text = comment.replace(/\s+/g, ' ');
  return SHAPES.some((shape) => shape.test(text));
};
