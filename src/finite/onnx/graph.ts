/**
 * A writer of ONNX models: just the messages that a static graph needs (onnx.proto3, IR version 10, opset 21 and the
 * `com.microsoft` operators of ONNX Runtime). Protobuf's wire format itself is left to `pbf`.
 */

import { PbfWriter } from 'pbf';

/** Element types by their number in onnx.proto. */
export const elementTypes = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

export type ElementType = keyof typeof elementTypes;

/** Values of node attributes: whole numbers, `{ float }`, text, lists of whole numbers. */
export type Attribute = number | { readonly float: number } | string | readonly number[];

const IR_VERSION = 10;
const OPSET = 21;
/** AttributeProto.AttributeType. */
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Write = (pbf: PbfWriter) => void;

const writeOne = (write: Write, pbf: PbfWriter): void => write(pbf);

function attribute(name: string, value: Attribute): Write {
  return (pbf) => {
    pbf.writeStringField(1, name);
    if (typeof value === 'number') {
      pbf.writeVarintField(3, value);
      pbf.writeVarintField(20, attributeType.int);
    } else if (typeof value === 'string') {
      pbf.writeStringField(4, value);
      pbf.writeVarintField(20, attributeType.string);
    } else if ('float' in value) {
      pbf.writeFloatField(2, value.float);
      pbf.writeVarintField(20, attributeType.float);
    } else {
      for (const item of value) pbf.writeVarintField(8, item);
      pbf.writeVarintField(20, attributeType.ints);
    }
  };
}

function tensorProto(name: string, type: ElementType, dims: readonly number[], bytes: Uint8Array): Write {
  return (pbf) => {
    for (const dim of dims) pbf.writeVarintField(1, dim);
    pbf.writeVarintField(2, elementTypes[type]);
    pbf.writeStringField(8, name);
    pbf.writeBytesField(9, bytes);
  };
}

/** The type of a tensor, of any shape where no dims are given, or of a list of tensors. */
function typeProto(type: ElementType, dims: readonly number[] | undefined, listed = false): Write {
  const dimension =
    (size: number): Write =>
    (pbf) =>
      pbf.writeVarintField(1, size);
  const shape: Write = (pbf) => {
    for (const size of dims ?? []) pbf.writeMessage(1, writeOne, dimension(size));
  };
  const tensorType: Write = (pbf) => {
    pbf.writeVarintField(1, elementTypes[type]);
    if (dims !== undefined) pbf.writeMessage(2, writeOne, shape);
  };
  const tensor: Write = (pbf) => pbf.writeMessage(1, writeOne, tensorType);
  if (!listed) return tensor;
  const list: Write = (pbf) => pbf.writeMessage(1, writeOne, tensor);
  return (pbf) => pbf.writeMessage(4, writeOne, list);
}

function valueInfo(name: string, type: Write): Write {
  return (pbf) => {
    pbf.writeStringField(1, name);
    pbf.writeMessage(2, writeOne, type);
  };
}

/** A graph under construction; values are named by strings. Equal nodes and constants are written once. */
export class OnnxGraph {
  readonly #nodes: Write[] = [];
  readonly #constants: Write[] = [];
  readonly #inputs: Write[] = [];
  readonly #outputs: Write[] = [];
  readonly #written = new Map<string, string>();
  #count = 0;

  input(name: string, type: ElementType, dims?: readonly number[]): string {
    this.#inputs.push(valueInfo(name, typeProto(type, dims)));
    return name;
  }

  output(name: string, type: ElementType, dims?: readonly number[]): void {
    this.#outputs.push(valueInfo(name, typeProto(type, dims)));
  }

  /** An output that is a list of one number. */
  listOutput(name: string): void {
    this.#write('SequenceConstruct', [this.scalar(0)], {}, '', [name]);
    this.#outputs.push(valueInfo(name, typeProto('float32', [], true)));
  }

  floats(values: readonly number[], dims: readonly number[]): string {
    return this.#constant('float32', dims, Float32Array.from(values));
  }

  scalar(value: number): string {
    return this.floats([value], []);
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant('int64', dims, BigInt64Array.from(values, BigInt));
  }

  int32s(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant('int32', dims, Int32Array.from(values));
  }

  #constant(type: ElementType, dims: readonly number[], data: Float32Array | Int32Array | BigInt64Array): string {
    // By bytes, which tell −0 from 0.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${type}/${dims}/${bytes}`;
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const name = `constant${this.#count++}`;
    this.#constants.push(tensorProto(name, type, dims, bytes));
    this.#written.set(key, name);
    return name;
  }

  /** Adds a node and returns the name of its first result; `results` asks for several. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { domain = '', results = 1 }: { readonly domain?: string; readonly results?: number } = {},
  ): readonly [string, ...string[]] {
    const key = JSON.stringify([op, inputs, attributes, domain]);
    const known = this.#written.get(key);
    const name = known ?? `${op}${this.#count++}`;
    const names: [string, ...string[]] = [name, ...Array.from({ length: results - 1 }, (_, k) => `${name}.${k + 1}`)];
    if (known !== undefined) return names;
    this.#written.set(key, name);
    this.#write(op, inputs, attributes, domain, names);
    return names;
  }

  /** A node of one result. */
  op(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ''): string {
    return this.node(op, inputs, attributes, { domain })[0];
  }

  /** Gives a value the name of an output. */
  identity(source: string, name: string): void {
    this.#write('Identity', [source], {}, '', [name]);
  }

  #write(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    domain: string,
    results: readonly string[],
  ): void {
    this.#nodes.push((pbf) => {
      for (const input of inputs) pbf.writeStringField(1, input);
      for (const result of results) pbf.writeStringField(2, result);
      pbf.writeStringField(3, `${op}.${results[0]}`);
      pbf.writeStringField(4, op);
      for (const [name, value] of Object.entries(attributes)) pbf.writeMessage(5, writeOne, attribute(name, value));
      if (domain !== '') pbf.writeStringField(7, domain);
    });
  }

  /** The serialized model. */
  model(): Uint8Array {
    const graph: Write = (pbf) => {
      for (const node of this.#nodes) pbf.writeMessage(1, writeOne, node);
      pbf.writeStringField(2, 'program');
      for (const constant of this.#constants) pbf.writeMessage(5, writeOne, constant);
      for (const input of this.#inputs) pbf.writeMessage(11, writeOne, input);
      for (const output of this.#outputs) pbf.writeMessage(12, writeOne, output);
    };
    const opset =
      (domain: string, version: number): Write =>
      (pbf) => {
        pbf.writeStringField(1, domain);
        pbf.writeVarintField(2, version);
      };
    const pbf = new PbfWriter();
    pbf.writeVarintField(1, IR_VERSION);
    pbf.writeStringField(2, 'nexort');
    pbf.writeMessage(7, writeOne, graph);
    pbf.writeMessage(8, writeOne, opset('', OPSET));
    pbf.writeMessage(8, writeOne, opset('com.microsoft', 1));
    return pbf.finish();
  }
}
