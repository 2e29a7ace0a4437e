import { describe, expect, it } from 'vitest';
import { parseHubName } from '../../../../src/lm/node/hub/index.ts';

describe('names of models', () => {
  it.each([
    ['org/name', undefined, { name: 'org/name', revision: 'main' }],
    ['FacebookAI/roberta-base', 'v1.0', { name: 'FacebookAI/roberta-base', revision: 'v1.0' }],
    ['org/name@refs/pr/1', undefined, { name: 'org/name', revision: 'refs/pr/1' }],
    ['org/name@v1', 'v1', { name: 'org/name', revision: 'v1' }],
    [`a_1/b.2@${'c'.repeat(40)}`, undefined, { name: 'a_1/b.2', revision: 'c'.repeat(40) }],
  ])('%s', (text, revision, expected) => expect(parseHubName(text, revision)).toEqual(expected));

  it.each([
    'name',
    './org/name',
    '../name',
    '/org/name',
    'org/name/more',
    'org/',
    'org/..',
    'org/-name',
    'org/na--me',
    'org/na me',
    'org\\name',
    '~/name',
    `org/${'n'.repeat(100)}`,
  ])('none is %s', (text) => expect(parseHubName(text)).toBeUndefined());

  it.each([['../../x'], ['/x'], ['-x'], ['a//b'], ['a b'], ['']])('no revision is %j', (revision) => {
    expect(() => parseHubName('org/name', revision)).toThrowError(/is no revision of 'org\/name'; expected a branch/);
  });

  it('has one revision', () => {
    expect(() => parseHubName('org/name@v1', 'v2')).toThrowError(
      "'org/name@v1' and --revision v2 name two revisions; expected one. Leave one of them out.",
    );
  });
});
