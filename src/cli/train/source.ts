/** What `nexort train` trains on: vectors with a label each, or a text. */

/** Vectors of one size. Labels are classes from 0 on, or numbers where there are no classes. */
export interface Vectors {
  readonly kind: 'vectors';
  readonly name: string;
  readonly input: number;
  /** Names of the numbers of a vector, in order; absent where they have none. */
  readonly columns?: readonly string[];
  /** Names of the classes, in order; undefined where labels are numbers. */
  readonly classes: readonly string[] | undefined;
  /** What a reader of results should know; usually nothing. */
  readonly notes: readonly string[];
  /** Row by row. */
  readonly inputs: Float64Array;
  readonly labels: Float64Array;
}

/** A text as numbers of its characters. */
export interface Text {
  readonly kind: 'text';
  readonly name: string;
  /** Its characters, in the order of their code points. */
  readonly vocabulary: readonly string[];
  readonly codes: Int32Array;
}

export type Source = Vectors | Text;
