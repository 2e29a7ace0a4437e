/** What experiments read from the disk. */

export { DIGIT_SIDES, type DigitOptions, digitExamples } from './digits.ts';
