import { describe, expect, it } from 'vitest';
import { alikeLabels, likeness, numberOf, parseLabelValues, withLabelValues } from '../../../src/lm/data/labels.ts';
import { findTask } from '../../../src/lm/data/tasks.ts';
import { failureOf } from '../../support/failure.ts';

describe('numbers for labels', () => {
  it.each([
    ['1', 1],
    ['+1.0', 1],
    ['-1e0', -1],
    ['.5', 0.5],
    ['-0.0', 0],
    ['0x10', undefined],
    ['1 ', undefined],
    ['', undefined],
    ['Infinity', undefined],
    ['1e400', undefined],
    // 2⁵³ + 2: equal to other numbers once it is one.
    ['9007199254740994', undefined],
  ])('%j is %j', (text, value) => {
    expect(numberOf(text)).toBe(value);
  });

  it('are read from an option', () => {
    expect(parseLabelValues('0=negative, 1 = positive')).toEqual({ '0': 'negative', '1': 'positive' });
    expect(parseLabelValues('a=x=y')).toEqual({ a: 'x=y' });
    const task = withLabelValues(findTask('mr'), { '0': 'negative', '1': 'positive', '2': 'positive' });
    expect(task.labelValues).toEqual({ '0': 'negative', '1': 'positive', '2': 'positive' });
  });

  it.each([
    ['0', "'0' is not of the form VALUE=NAME. Give VALUE=NAME for each label, such as 0=negative,1=positive."],
    ['=negative', "'=negative' is not of the form VALUE=NAME."],
    ['0=negative,0=positive', "'0' stands twice."],
    [
      '0=negative,1=good',
      "'good' is not one of the task's labels. Give VALUE=NAME for each label, such as 0=negative,1=positive, the names being negative, positive.",
    ],
    ['0=negative', "nothing stands for 'positive'."],
  ])('%s is refused', async (given, reason) => {
    const error = await failureOf(() => withLabelValues(findTask('mr'), parseLabelValues(given)));
    expect(error.code).toBe('lm.bad-labels');
    expect(error.message).toMatch(`The values of labels '${given}' are not usable: ${reason}`);
  });
});

describe('labels that may be one', () => {
  it.each([
    ['1', '1.0', 'as numbers are written'],
    ['-0', ' 0 ', 'as numbers are written'],
    ['Yes', 'yes', 'in letter case'],
    ['very good', 'very  good', 'in blanks'],
    ['very good', 'VeryGood', 'in letter case and blanks'],
    ['1', '2', undefined],
    ['a', 'b', undefined],
  ] as const)('%j and %j differ only %s', (a, b, only) => {
    expect(likeness(a, b)).toBe(only);
    expect(likeness(b, a)).toBe(only);
    expect(alikeLabels([a, 'other', b])).toEqual(only === undefined ? [] : [{ first: a, other: b, only }]);
  });
});
