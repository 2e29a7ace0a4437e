/** parse ∘ print is the identity on programs: nets, gradients, rewritten programs, and programs drawn at random. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LanguageModelConfig, type LanguageModelHead, languageModel } from '../../../src/nets/index.ts';
import {
  build,
  checked,
  compose,
  denseGradients,
  expand,
  fixed,
  type Program,
  reverse,
  simplify,
  spaceOf,
} from '../../../src/program/index.ts';
import { cases } from '../../conformance/cases.ts';
import { smallEncoder } from '../../nets/smallEncoder.ts';
import { randomProgram } from './randomPrograms.ts';
import { expectRoundTrip } from './support.ts';

const config: LanguageModelConfig = { ...smallEncoder, layers: 3, activation: 'gelu_tanh' };
const heads: readonly LanguageModelHead[] = [
  { kind: 'words', classes: 2, untie: false },
  { kind: 'functional', classes: 3 },
];

describe('the conformance cases', () => {
  test.each(cases.map(({ name, program }) => [name, program] as const))('%s', (_, program) => {
    expectRoundTrip(program);
    expectRoundTrip(expand(program));
    expectRoundTrip(simplify(program));
  });

  test.each(cases.map(({ name, program, smooth }) => [name, program, smooth] as const))(
    '%s, differentiated',
    (_, program, inputs) => {
      const seed = program.nodes.find(({ name }) => name === program.outputs[0]?.value)?.type.axes ?? [];
      const { program: backward } = reverse(program, { output: 'f', seed, inputs });
      expectRoundTrip(backward);
      expectRoundTrip(simplify(backward));
      expectRoundTrip(simplify(expand(backward)));
    },
  );
});

describe.each(heads)('an encoder with a $kind head', (head) => {
  const { chain } = languageModel(config, head);

  test('its stages', () => {
    for (const { program } of chain.stages) expectRoundTrip(program);
  });

  test('the whole, and its gradient', () => {
    const whole = compose(chain);
    expectRoundTrip(whole);
    const reversed = reverse(whole, { output: 'logits', seed: ['batch', 'class'], keep: ['batch'] });
    expectRoundTrip(reversed.program);
    expectRoundTrip(simplify(reversed.program));
    expectRoundTrip(denseGradients(reverse(whole, { output: 'logits', seed: ['batch', 'class'] })));
  });
});

test('axes recorded in another order than the operands give', () => {
  const b = build('net', { batch: fixed(), n: fixed() });
  const x = b.input('x', ['batch', 'n']);
  b.output('f', b.rename(x, 'n', "n'", 'f'));
  const program = b.finish();
  const turned: Program = {
    ...program,
    nodes: program.nodes.map((node) =>
      node.name === 'f' ? { ...node, type: { kind: 'real', axes: ["n'", 'batch'] } } : node,
    ),
  };
  expectRoundTrip(checked(turned));
});

test('programs without outputs, without spaces, without anything', () => {
  expectRoundTrip({ name: 'idle', spaces: [], nodes: [], outputs: [] });
  const b = build('', { batch: fixed(), n: fixed() });
  b.input('x', ['batch']);
  expectRoundTrip(b.finish());
});

test('random programs with any names, numbers and trees', () => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const program = checked(randomProgram(draw));
      expect(program.spaces.map(({ name }) => spaceOf(name))).toEqual(program.spaces.map(({ name }) => name));
      expectRoundTrip(program);
    }),
    { numRuns: 400, seed: 5, endOnFailure: true },
  );
});
