/** Statements become a program: names are looked up, formulas written out, and what no output needs is refused. */

import { type Space, spaceOf } from '../axes.ts';
import { operands, type Ref, type ValueType } from '../instructions.ts';
import type { Program } from '../program.ts';
import { type Value, Writer } from '../writer.ts';
import { definitionsOf } from './definitions.ts';
import { FormulaWriter } from './elaborateFormula.ts';
import * as errors from './errors.ts';
import type { Place, SourceText, Span } from './place.ts';
import { checkStates } from './states.ts';
import type { DeclaredType, Formula, ParsedText, Statement, Word } from './syntax.ts';

/** A program and where its values stand in the text that it was read from. */
export interface PlacedProgram {
  readonly program: Program;
  /** By value: the formula that computes it, or the name that declares it. */
  readonly places: ReadonlyMap<Ref, Place>;
}

/** How much of a formula a message repeats. */
const SHOWN = 40;

export class Elaborator {
  readonly #source: SourceText;
  readonly #statements: readonly Statement[];
  readonly #writer: Writer;
  readonly #formulas: FormulaWriter;
  readonly #spaces = new Map<string, Space>();
  /** Every name that the text defines, anywhere. */
  readonly #definitions: ReadonlyMap<string, Word>;
  /** The values of those above the current line. */
  readonly #values = new Map<string, Value>();
  /** The text of every value. */
  readonly #spans = new Map<Ref, Span>();
  readonly #kept = new Set<Ref>();

  constructor({ statements }: ParsedText, source: SourceText, name: string) {
    this.#source = source;
    this.#statements = statements;
    this.#writer = new Writer(name);
    this.#definitions = definitionsOf(statements, source);
    this.#writer.reserve([...this.#definitions.keys()]);
    this.#formulas = new FormulaWriter({
      source,
      writer: this.#writer,
      lookUp: (name, at) => this.#lookUp(name, at),
      checkSpaces: (words) => this.#checkSpaces(words),
      explain: (problem) => this.#explain(problem),
      written: (value, at) => {
        if (!this.#spans.has(value.name)) this.#spans.set(value.name, at);
      },
    });
  }

  /** The program, or the first error. */
  run(): PlacedProgram {
    for (const statement of this.#statements) {
      if (statement.op !== 'space') continue;
      this.#spaces.set(statement.space.name, statement.space);
      this.#writer.space(statement.space);
    }
    for (const statement of this.#statements) this.#write(statement);
    const program = this.#writer.finish();
    this.#checkOutputs(program);
    checkStates(this.#statements, program, this.#source);
    this.#checkUse(program);
    const places = [...this.#spans].map(([name, span]) => [name, this.#source.place(span)] as const);
    return { program, places: new Map(places) };
  }

  #write(statement: Statement): void {
    switch (statement.op) {
      case 'space':
      case 'no outputs':
        return;
      case 'input': {
        const { role, name, law } = statement;
        const drawn = law === undefined ? {} : { law: law.law };
        this.#checkSpaces(law?.spaces ?? []);
        this.#define(
          name,
          this.#formulas.write({ op: 'input', role, type: this.#type(statement.type), ...drawn }, name, {
            name: name.text,
            type: undefined,
          }),
        );
        return;
      }
      case 'parameter': {
        const { name, law, zeroGradient } = statement;
        const { axes } = this.#type(statement.type);
        this.#checkSpaces(law.spaces);
        const reason = zeroGradient === undefined ? {} : { zeroGradient };
        this.#define(
          name,
          this.#formulas.write({ op: 'parameter', axes, law: law.law, ...reason }, name, {
            name: name.text,
            type: undefined,
          }),
        );
        return;
      }
      case 'equation': {
        const { name, type, value, keep } = statement;
        if (type !== undefined) this.#type(type);
        this.#define(name, this.#formulas.value(value, { name: name.text, type }));
        if (keep) this.#kept.add(name.text);
        return;
      }
      case 'output':
        this.#writer.output(statement.name.text, this.#handedOut(statement.name, statement.value), statement.role);
        return;
    }
  }

  /** The value of an output; a formula has the output's name if no other line defines that. */
  #handedOut(name: Word, formula: Formula | undefined): Value {
    if (formula === undefined) return this.#lookUp(name.text, name);
    if (this.#definitions.get(name.text) !== name) return this.#formulas.value(formula);
    const value = this.#formulas.value(formula, { name: name.text, type: undefined });
    this.#define(name, value);
    return value;
  }

  #define(name: Word, value: Value): void {
    this.#values.set(name.text, value);
  }

  #type({ axes, of }: DeclaredType): ValueType {
    this.#checkSpaces(of === undefined ? axes : [...axes, of]);
    const names = axes.map((axis) => axis.text);
    return of === undefined ? { kind: 'real', axes: names } : { kind: 'index', of: of.text, axes: names };
  }

  #checkSpaces(words: readonly Word[]): void {
    for (const word of words) {
      const name = spaceOf(word.text);
      if (!this.#spaces.has(name)) throw errors.unknownSpace(this.#source, word, name, [...this.#spaces.keys()]);
    }
  }

  #lookUp(name: string, at: Span): Value {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    const later = this.#definitions.get(name);
    if (later !== undefined) throw errors.readEarly(this.#source, at, name, this.#source.place(later).line);
    if (name === 'T' && this.#source.text.slice(0, at.start).trimEnd().endsWith('^')) {
      throw errors.strayTranspose(this.#source, at);
    }
    if (this.#spaces.has(spaceOf(name))) throw errors.spaceAsValue(this.#source, at, spaceOf(name));
    throw errors.unknownName(this.#source, at, name, [...this.#values.keys()]);
  }

  /** A problem with the text of formulas in place of the names that they were given. */
  #explain(problem: string): string {
    return problem.replace(/"(v\d+)"/g, (whole, name: string) => {
      const span = this.#definitions.has(name) ? undefined : this.#spans.get(name);
      if (span === undefined) return whole;
      const text = this.#source.text.slice(span.start, Math.min(span.end, span.start + SHOWN + 1)).replace(/\s+/g, ' ');
      return `"${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}"`;
    });
  }

  #checkOutputs(program: Program): void {
    const denial = this.#statements.find((statement) => statement.op === 'no outputs');
    if (program.outputs.length > 0 && denial?.op === 'no outputs') throw errors.outputsDenied(this.#source, denial.at);
    if (program.outputs.length > 0 || denial !== undefined) return;
    const end = this.#source.text.trimEnd().length;
    throw errors.noOutputs(this.#source, { start: Math.max(0, end - 1), end });
  }

  /** Every computed value bears on an output or is kept on purpose; inputs and parameters may idle. */
  #checkUse({ nodes, outputs }: Program): void {
    const live = new Set([...this.#kept, ...outputs.map((output) => output.value)]);
    const read = new Set<Ref>();
    for (const { name, instruction } of [...nodes].reverse()) {
      for (const ref of operands(instruction)) {
        read.add(ref);
        if (live.has(name)) live.add(ref);
      }
    }
    const idle = this.#statements.filter((line) => line.op === 'equation' && !live.has(line.name.text));
    // The last of a chain is what nothing reads.
    const last = idle.find((line) => line.op === 'equation' && !read.has(line.name.text)) ?? idle[0];
    if (last?.op === 'equation') throw errors.unusedValue(this.#source, last.name, last.name.text);
  }
}
