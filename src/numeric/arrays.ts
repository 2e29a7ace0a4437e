/**
 * Reads `array[index]` for an index that the caller has already bounded, such as a loop counter below `array.length`.
 *
 * No check is made: outside the bounds the result is `undefined` in spite of its type. Use it in inner loops only.
 */
export function at<Element>(array: ArrayLike<Element>, index: number): Element {
  // The compiler counts every indexed read as possibly undefined and cannot follow loop bounds; a check here would be
  // paid once per floating point operation. The function is small enough for engines to inline.
  return array[index] as Element;
}

/**
 * {@link at} for f64 arrays [entries] only, up to ten times as fast: engines specialize a function to the kinds of
 * array that it has met anywhere in the program, and one that met only this kind reads it in one instruction.
 */
export function entry(array: Float64Array, index: number): number {
  return array[index] as number;
}
