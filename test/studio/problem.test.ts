/** What is typed, and what links hold. */

import { describe, expect, it } from 'vitest';
import { classify, exponent, named, toNumber, updateRule } from '../../src/parametrizations/index.ts';
import { readLink, writeLink } from '../../studio/src/link.ts';
import { limitCommand } from '../../studio/src/problem/command.ts';
import { columnsAt, columnsOf, ownParametrization, ownText } from '../../studio/src/problem/exponents.ts';
import { DEFAULTS, type Field } from '../../studio/src/problem/fields.ts';
import { pointLines, pointsOfLines, readPoints } from '../../studio/src/problem/points.ts';
import { readFields } from '../../studio/src/problem/read.ts';

describe('fields', () => {
  it('of the start can be read', () => {
    const { spec, errors } = readFields(DEFAULTS);
    expect(errors).toEqual({});
    expect(spec?.sides.map(({ parametrization }) => parametrization)).toEqual(['mup', 'ntp']);
  });

  it.each<[Field, string, RegExp]>([
    ['width', '100', /“100” was given; expected one of 16, 32/],
    ['width', '__proto__', /expected one of/],
    ['beside', '16,x', /“16,x” was given; expected at most 6 whole numbers/],
    ['beside', '16,4096', /from 2 to 512/],
    ['left', 'mpu', /mup/],
    ['right', 'own:1;2', /has not four columns/],
    ['right', 'own:x,0,1;0,1/2,0;0,1,0;1,1,1', /“x”|"x"/],
    ['depth', '', /“” was given; expected a whole number from 1 to 6\./],
    ['depth', '2.5', /“2\.5” was given/],
    ['activation', 'tahn', /“tahn” is no activation; expected a name, such as tanh/],
    ['activation', '3', /“3” is no function of x/],
    ['activation', 'x * (', /activation/],
    ['optimizer', 'adma', /adam/],
    ['optimizer', 'adam:beta2', /“beta2” is no setting/],
    ['optimizer', 'adam:learningRate=1', /“learningRate=1” is no setting/],
    ['optimizer', 'gradient +', /formula|expected/],
    ['rate', '-1', /“-1” was given; expected a number above 0/],
    ['rate', 'NaN', /“NaN” was given/],
    ['steps', '1e9', /expected a whole number from 1 to 100/],
    ['seeds', '0', /expected a whole number from 1 to 16/],
    ['seed', '-1', /expected a whole number from 0/],
    ['samples', '500', /500 was given; expected a power of two/],
    ['scramblings', '1', /expected a whole number from 2/],
    ['points', '', /There are 0 points; expected 2 to 24/],
    ['points', '1:2;1:3', /All points have the same x/],
    ['points', '1:2;x:3', /Line 2 is “x:3”; expected two numbers/],
    ['points', '1:2;1:Infinity', /Line 2 is/],
    ['points', '1:2;1e9:3', /beyond 1000/],
  ])('%s of “%s” is refused beside it, and nothing else', (field, value, message) => {
    const { spec, errors } = readFields({ ...DEFAULTS, [field]: value });
    expect(spec).toBeUndefined();
    expect(Object.keys(errors)).toEqual([field]);
    expect(errors[field]).toMatch(message);
  });

  it('tell all that is wrong at once', () => {
    const { errors } = readFields({ ...DEFAULTS, depth: 'x', rate: '0', points: 'a' });
    expect(Object.keys(errors).sort()).toEqual(['depth', 'points', 'rate']);
  });
});

describe('points', () => {
  it('are read from lines of a table, with a header or without', () => {
    const expected = [
      { x: 0.5, y: -1 },
      { x: 1, y: 2 },
    ];
    for (const text of ['x,y\n0.5,-1\n1,2\n', '0.5 -1\n1\t2', '0.5:-1;1:2']) expect(readPoints(text)).toEqual(expected);
  });

  it('are the same as lines and as words of a link', () => {
    expect(pointsOfLines(pointLines(DEFAULTS.points))).toBe(DEFAULTS.points);
  });
});

describe('links', () => {
  const told = { ...DEFAULTS, optimizer: 'tanh(4 * gradient) + 0', activation: 'x*sigmoid(x)', left: 'up:0.25' };

  it('hold what differs, readably, and give it back', () => {
    const link = writeLink({ page: 'limit', told }, DEFAULTS);
    expect(link).toBe('#limit?v=1&left=up:0.25&activation=x*sigmoid(x)&optimizer=tanh(4+*+gradient)+%2B+0');
    const { place, problem } = readLink(link);
    expect(problem).toBeUndefined();
    expect({ ...DEFAULTS, ...place.told }).toEqual(told);
  });

  it.each([
    ['#nowhere?v=1', 'The link names a page “nowhere”'],
    ['#limit?v=9&depth=3', 'The link is of version 9, and this studio reads version 1.'],
    ['#limit?v=1&depth=%E0%A4%A', 'cannot be read'],
  ])('that cannot be followed are told: %s', (link, message) => {
    const { place, problem } = readLink(link);
    expect(place).toEqual({ page: 'limit', told: {} });
    expect(problem).toContain(message);
  });

  it('without anything are the first page', () => {
    expect(readLink('')).toEqual({ place: { page: 'limit', told: {} } });
  });
});

describe('exponents', () => {
  it.each(['mup', 'ntp', 'up:0.25'])('%s has columns that classify as it does', (name) => {
    const options = { depth: 3, optimizer: updateRule('adam') };
    const [own, found] = [
      classify(ownParametrization(ownText(columnsOf(name))), options),
      classify(named(name).parametrization, options),
    ];
    expect([own.regime, own.r, own.readout, own.names]).toEqual([found.regime, found.r, found.readout, found.names]);
  });

  it('of a place of the diagram lead there', () => {
    for (const x of ['5/8', '3/4', '1', '5/4']) {
      for (const r of ['-1/4', '0', '3/8']) {
        const columns = columnsAt(exponent(x), exponent(r));
        const found = classify(ownParametrization(ownText(columns)), { depth: 3, optimizer: updateRule('adam') });
        expect([toNumber(found.readout), toNumber(found.r)]).toEqual([toNumber(exponent(x)), toNumber(exponent(r))]);
      }
    }
  });
});

it('the command line is quoted for a shell', () => {
  const { spec } = readFields({ ...DEFAULTS, optimizer: 'tanh(4 * gradient)' });
  const [side] = spec?.sides ?? expect.fail('no spec');
  expect(limitCommand(side, [16, 64], 3)).toBe(
    "nexort limit --data points.csv --label y --evaluate 13 --depth 2 --activation tanh --optimizer 'tanh(4 * gradient)' " +
      '--learning-rate 0.2 --parametrization mup --steps 12 --widths 16,64 --seeds 3 --seed 0 --samples 512 --subsample 128 --scramblings 4 --looks 0',
  );
});
