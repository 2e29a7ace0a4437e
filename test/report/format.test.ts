import { describe, expect, it } from 'vitest';
import {
  bytes,
  count,
  counted,
  decimal,
  digits,
  duration,
  percent,
  points,
  powerOfTen,
  shortened,
} from '../../src/report/format.ts';

describe('numbers for people', () => {
  it('writes shares with one decimal', () => {
    expect([0, 0.84349, 1, -0.0312, -0.0001, Number.NaN].map(percent)).toEqual([
      '0.0%',
      '84.3%',
      '100.0%',
      '−3.1%',
      '0.0%',
      '–',
    ]);
    expect(points(0.0123)).toBe('1.2 points');
  });

  it('separates thousands', () => {
    expect(count(10500224)).toBe('10,500,224');
    expect([counted(1, 'draw'), counted(2000, 'draw'), counted(0, 'entry', 'entries')]).toEqual([
      '1 draw',
      '2,000 draws',
      '0 entries',
    ]);
  });

  it('writes three digits of any number', () => {
    expect(
      [0, 0.012345, -4567.8, 999_600, 1.2e-5, -2.5e12, 1, 100, undefined, Number.POSITIVE_INFINITY].map(digits),
    ).toEqual(['0', '0.0123', '−4,570', '1,000,000', '1.20 × 10⁻⁵', '−2.50 × 10¹²', '1', '100', '–', '–']);
    expect([0.005, -0.004, 0.999, undefined].map(decimal)).toEqual(['0.01', '0.00', '1.00', '–']);
    expect([powerOfTen(-13), powerOfTen(20)]).toEqual(['10⁻¹³', '10²⁰']);
  });

  it('writes memory in GiB or MiB', () => {
    expect([2.14 * 2 ** 30, 0.1 * 2 ** 30, 50 * 2 ** 20].map(bytes)).toEqual(['2.1 GiB', '0.1 GiB', '50.0 MiB']);
  });

  it('writes times in seconds, minutes and hours', () => {
    expect([0.04, 9.94, 9.96, 59.4, 59.6, 125.4, 3599.7, 86_400].map(duration)).toEqual([
      '0.0 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min 0 s',
      '2 min 5 s',
      '1 h 0 min',
      '24 h 0 min',
    ]);
  });

  it('cuts texts between characters', () => {
    expect(shortened('abc', 3)).toBe('abc');
    expect(shortened('ab cd', 4)).toBe('ab…');
    expect(shortened('😀😀😀', 2)).toBe('😀…');
  });
});
