/** The programs of the package's examples, as their files have them. */

const FILES = import.meta.glob<string>('../../../examples/programs/*.nex', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** By name, without folder and ending. */
export const EXAMPLES: ReadonlyMap<string, string> = new Map(
  Object.entries(FILES).map(([path, text]) => [path.replace(/^.*\/|\.nex$/g, ''), text]),
);
/** W and Wᵀ on one vector: what the language is about, in six lines. */
export const FIRST_EXAMPLE = 'w-and-transpose';
