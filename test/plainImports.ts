import type { Plugin } from 'vitest/config';

/** An import of names, on one line or several; types are gone where it is looked for. */
const NAMED_IMPORT = /^import \{([^}]*)\} from (['"][^'"]+['"]);?/gm;

/**
 * Gives modules of `src/` their imports as constants. In tests an import is a chain of getters, one for each index on the
 * way, which a loop over numbers would ask at each of them; in Node and in bundles it is none. No two files of `src/`
 * import each other and none exports what it reassigns, so that constants hold the same.
 */
export function plainImports(): Plugin {
  return {
    name: 'plain-imports',
    transform(code, id) {
      if (!/\/src\/.*\.ts$/.test(id)) return;
      return {
        code: code.replace(NAMED_IMPORT, (whole, names: string, from: string) => {
          const pairs = names
            .split(',')
            .map((name) => name.trim().split(/\s+as\s+/))
            .filter(([name = '']) => name !== '');
          const imported = pairs.map(([name, local = name]) => `${name} as imported_${local}`).join(', ');
          const constants = pairs.map(([name, local = name]) => `${local} = imported_${local}`).join(', ');
          // Lines stay where they are.
          const lines = '\n'.repeat(whole.split('\n').length - 1);
          return `import { ${imported} } from ${from};${constants === '' ? '' : ` const ${constants};`}${lines}`;
        }),
        map: null,
      };
    },
  };
}
