/** How outputs that are shown are compared with those that are printed. */

/** A number as it is printed, with its unit in the last place. */
const NUMBER = /[-−]?\d+(?:,\d{3})*(?:\.\d+)?/g;
/** Stands for a number; no output has this character. */
const MARK = '\u0001';
/** Runs in f32 may round another way on another machine. */
const UNITS = 2;

/** Whether two texts are alike but for the last digits of numbers; a line `…` stands for any lines. */
export function isAlike(shown: string, printed: string): boolean {
  const words = (text: string): string => text.replace(NUMBER, MARK).replace(/[ \t]+/g, ' ');
  const escaped = shown.split('\n').map((line) => (line === '…' ? '(?:.*\n)*?' : `${pattern(line)}\n`));
  const match = new RegExp(`^${escaped.join('').replace(/\n$/, '')}$`).exec(printed.replace(/[ \t]+/g, ' '));
  if (match === null) return false;
  const wanted = shown
    .split('\n')
    .flatMap((line) => (line === '…' ? [] : [...line.matchAll(NUMBER)].map(([one]) => one)));
  return wanted.every((one, k) => {
    const [mine, theirs] = [one, match[k + 1] ?? ''].map((text) => Number(text.replace('−', '-').replaceAll(',', '')));
    const decimals = /\.(\d+)$/.exec(one)?.[1]?.length ?? 0;
    return (
      Math.abs((mine ?? Number.NaN) - (theirs ?? Number.NaN)) <= (decimals === 0 ? 0 : UNITS * 10 ** -decimals + 1e-12)
    );
  });

  function pattern(line: string): string {
    return words(line)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(MARK, `(${NUMBER.source})`);
  }
}
