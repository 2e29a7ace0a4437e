/** Which names are asked for a source, and what counts as one. */

import { expect, test } from 'vitest';
import { headComment, isOfLiterature, namesSource } from './publicSources.ts';

test('functions that compute, and types of numbers, are asked; what they are told and how it is read are not', () => {
  const asked = (name: string, file: string, rest: string): boolean => {
    const kind = rest.startsWith(' {') ? 'interface' : 'declare function';
    return isOfLiterature(name, file, `export ${kind} ${name}${rest}`);
  };
  const numbers = ' {\n    readonly a: number;\n}';
  expect(asked('classify', 'parametrizations/a.ts', '(a: number): Regime;')).toBe(true);
  expect(asked('Scales', 'parametrizations/a.ts', numbers)).toBe(true);
  expect(asked('Scales', 'parametrizations/a.ts', ' {\n    readonly a: string;\n}')).toBe(false);
  expect(asked('classify', 'runs/a.ts', '(a: number): Regime;')).toBe(false);
  expect(asked('threadTeam', 'kernels/node/a.ts', '(a: number): Team;')).toBe(false);
  expect(asked('parseRegime', 'parametrizations/a.ts', '(a: string): Regime;')).toBe(false);
  expect(asked('regimeOf', 'parametrizations/a.ts', '(a: number): string;')).toBe(false);
  expect(asked('ClassifyOptions', 'parametrizations/a.ts', numbers)).toBe(false);
});

test('sources are papers with their numbers, authors with years, and ours', () => {
  const sources = [
    'IVb 2.6.5',
    '(theory 7)',
    'Malladi et al. 2023,\nsection 4',
    'Kingma and Ba 2015',
    'Cho et al. 2014',
    'Hinton 2012',
    'arXiv 2605.21486',
    'as PyTorch does',
    'Ours: no paper defines it.',
  ];
  const none = [
    'IVb says so',
    'a theory',
    'Theory of 2015',
    'hours',
    'in 2014',
    'In 2014',
    'May 2014',
    'Malladi',
    'the paper',
  ];
  expect([...sources, ...none].filter(namesSource)).toEqual(sources);
});

test('the comment of a file is that before its first import, not that of what it exports first', () => {
  expect(headComment("/**\n * Kets (IVb 2.6.5)\n * of all.\n */\n\nimport { a } from './a.ts';\n")).toBe(
    'Kets (IVb 2.6.5)\nof all.',
  );
  expect(headComment('/** One. */\nexport const one = 1;\n')).toBe('');
  expect(headComment("import { a } from './a.ts';\n")).toBe('');
});
