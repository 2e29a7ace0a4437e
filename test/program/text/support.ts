/** What the tests of the text form share. */

import { expect } from 'vitest';
import { checked, type Program, parseProgram, printProgram } from '../../../src/program/index.ts';

/** The program prints to a text that reads back as the same program and prints the same. */
export function expectRoundTrip(program: Program): void {
  const text = printProgram(program);
  let back: Program;
  try {
    back = parseProgram(text);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${text}`);
  }
  expect(back, text).toStrictEqual(program);
  expect(printProgram(back)).toBe(text);
}

/** The lines of a program's canonical text without the title. */
export function linesOf(text: string): string[] {
  return printProgram(checked(parseProgram(text)))
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}
