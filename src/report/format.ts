/** Numbers for people. */

/** Shown where a number does not exist. */
const NONE = '–';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const SMALLEST_PLAIN = 1e-3;
const LARGEST_PLAIN = 1e6;

/** A share as `84.3%`. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${signed((100 * share).toFixed(1))}%` : NONE;
}

/** A difference of shares as `1.2 points`. */
export function points(difference: number): string {
  return `${signed((100 * difference).toFixed(1))} points`;
}

/** A whole number with separators of thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 draw`, `5 draws`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A number between −1 and 1 or nearby, with two decimals. */
export function decimal(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? NONE : signed(value.toFixed(2));
}

/** Any number with three digits: `0.0123`, `4,570`, `1.20 × 10⁻⁵`. */
export function digits(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= SMALLEST_PLAIN && size < LARGEST_PLAIN) {
    return signed(Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 }));
  }
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  return `${signed(mantissa)} × ${powerOfTen(Number(exponent))}`;
}

/** `10⁻⁵`. */
export function powerOfTen(exponent: number): string {
  return `10${superscript(exponent)}`;
}

/** A whole number as an exponent, `⁻⁵`. */
export function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => (digit === '-' ? '⁻' : SUPERSCRIPTS[Number(digit)])).join('');
}

/** Bytes as `2.1 GiB`, or MiB below a tenth of that. */
export function bytes(value: number): string {
  const gib = value / 2 ** 30;
  return gib >= 0.1 ? `${gib.toFixed(1)} GiB` : `${(value / 2 ** 20).toFixed(1)} MiB`;
}

/** Seconds as `7.2 s`, `2 min 5 s`, `1 h 4 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The beginning of a text, with an ellipsis where it was cut. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly (string | number)[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** With a capital first letter. */
export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** With a minus sign instead of a hyphen, and without a sign before nothing but zeros. */
function signed(text: string): string {
  return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace('-', '−');
}
