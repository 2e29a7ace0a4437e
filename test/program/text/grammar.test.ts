/** What each form of the language means: the canonical text that it is read as. */

import { describe, expect, test } from 'vitest';
import { printDecimal } from '../../../src/program/exponent.ts';
import { type Expr, nodeOf, type Program, parseProgram, printProgram } from '../../../src/program/index.ts';
import { linesOf } from './support.ts';

const head = `
  fixed batch = 2, input = 3
  width n, wide = 4 n
  data x[batch, input]
  initial h[batch, n]
  initial W[n, n'] ~ normal(|n|^-0.5)
  initial up[wide, n] ~ normal(|n|^-0.5)
  parameter u[n, input]
  parameter b[n] ~ 0
`;
const declared = linesOf(`${head} no outputs`).slice(0, -1);
/** What a statement adds to the declarations above, in canonical text. */
const meaning = (text: string): string[] => linesOf(`${head}\n${text}`).slice(declared.length);
/** What a formula is read as, the output left out. */
const formula = (text: string): string[] => meaning(`output f = ${text}`).slice(0, -1);

test('a network and its backward pass by hand', () => {
  const program = parseProgram(
    `
    # f = vᵀ tanh(W relu(U x)) / n, and the gradient of f with respect to the preactivations
    program two layers   # to the end of the line
      fixed batch = 2, input = 3
      width n
      data x[batch, input]
      initial U[n, input]
      initial W[n, n'] ~ normal(|n|^-0.5)
      initial v[n]
      h = relu(U @ x)
      g[batch, n] = W @ h
      dg = v * (1 - tanh(g)^2)
      dh = (Wᵀ @ dg) * step(h)
      output f = avg(v * tanh(g))
      output norm = avg(dh^2)
    `,
  );
  expect(`${printProgram(program)}\n`).toBe(`program two layers
  fixed batch = 2, input = 3
  width n
  data x[batch, input]
  initial U[n, input] ~ normal(1)
  initial W[n, n'] ~ normal(|n|^-0.5)
  initial v[n] ~ normal(1)
  v1[n, batch] = U @[input] x
  h[n, batch] = relu(v1)
  v2[n', batch] = h as [n -> n']
  g[batch, n] = W @[n'] v2
  dg[batch, n] = v * (1 - tanh(g) ^ 2)
  v3[n', batch] = W @[n] dg
  v4[n, batch] = v3 as [n' -> n]
  dh[n, batch] = v4 * step(h)
  v5[batch, n] = v * tanh(g)
  f[batch] = mean[n](v5)
  v6[n, batch] = dh ^ 2
  norm[batch] = mean[n](v6)
  output f
  output norm
`);
});

describe('declarations', () => {
  test('spaces in their order, with sizes', () => {
    expect(linesOf('fixed a\nwidth n, m = n, k = 0.5 n\nfixed c = 3, d = 2 * c, e = 7d\nno outputs')).toEqual([
      'fixed a',
      'width n, m = n, k = 0.5 n',
      'fixed c = 3, d = 2 c, e = 7 d',
      'no outputs',
    ]);
  });

  test('laws', () => {
    const lines = `
      width n, m
      initial a[n]
      initial b[n] ~ normal()
      initial c[n] ~ normal(-2.5e-3 * |n|^-0.5 |m|)
      initial d[n, m] ~ rademacher(|n|^-0.5)
      initial thirds[n, m] ~ normal(|n|^(-1/3) |m|^(2/12))
      initial e ~ -1
      parameter f[n]
      parameter g ~ 0, no gradient: "softmax does not see a common \\"shift\\""
      state h[n] ~ 0
      state i[n]
      next state h
      next state i`;
    expect(linesOf(lines)).toEqual([
      'width n, m',
      'initial a[n] ~ normal(1)',
      'initial b[n] ~ normal(1)',
      'initial c[n] ~ normal(-0.0025 |n|^-0.5 |m|)',
      'initial d[n, m] ~ rademacher(|n|^-0.5)',
      'initial thirds[n, m] ~ normal(|n|^(-1/3) |m|^(1/6))',
      'initial e[] ~ -1',
      'parameter f[n] ~ normal(1)',
      'parameter g[] ~ 0, no gradient: "softmax does not see a common \\"shift\\""',
      'state h[n] ~ 0',
      'state i[n]',
      'next state h',
      'next state i',
    ]);
  });

  test('indices, given and known', () => {
    const program = parseProgram(`
      fixed batch, class = 2, vocabulary
      data i[batch] of vocabulary
      picked[class] of vocabulary = (3, 1)
      one of vocabulary = 4
      data table[vocabulary]
      output a = table[vocabulary = i]
      output b = table[vocabulary = picked]
      output c = table[vocabulary = one]
      output d = table[vocabulary = 5]`);
    expect(nodeOf(program, 'picked').type).toEqual({ kind: 'index', of: 'vocabulary', axes: ['class'] });
    expect(nodeOf(program, 'one').instruction).toEqual({
      op: 'constant',
      type: { kind: 'index', of: 'vocabulary', axes: [] },
      values: [4],
    });
    expect(nodeOf(program, 'd').instruction).toEqual({
      op: 'gather',
      table: 'table',
      index: 'v1',
      axis: 'vocabulary',
    });
    expect(nodeOf(program, 'v1').instruction).toMatchObject({ op: 'constant', values: [5] });
  });

  test('numbers over several lines, commas and semicolons alike', () => {
    const lines = meaning(`
      c[batch, input] = (  # two rows
        1, -0.5, 1e-3;
        .5, NaN, -Infinity,
      )
      output c`);
    expect(lines).toEqual(['c[batch, input] = (1, -0.5, 0.001, 0.5, NaN, -Infinity)', 'output c']);
  });

  test('a program without a title is named after its file', () => {
    const name = (text: string, source?: string): string => parseProgram(text, source).name;
    expect(name('no outputs')).toBe('program');
    expect(name('no outputs', 'a.nex')).toBe('a');
    expect(name('no outputs', 'some/folder/two layers.v2.nex')).toBe('two layers.v2');
    expect(name('no outputs', 'C:\\nets\\.hidden')).toBe('.hidden');
    expect(name('program\nno outputs', 'a.nex')).toBe('a');
    expect(name('\n# comment\n\nprogram one, "two" [n] # three\nno outputs', 'a.nex')).toBe('one, "two" [n]');
    expect(name('program "#1"\nno outputs')).toBe('#1');
  });

  test('a byte order mark and line ends of Windows do not matter', () => {
    expect(linesOf('\uFEFFprogram a\r\nwidth n\r\n\r\nno outputs\r\n')).toEqual(['width n', 'no outputs']);
  });
});

describe('formulas', () => {
  test('one map for each largest part that works entry by entry', () => {
    expect(formula('1 - tanh(h) * 2 + |n|^-0.5 * h')).toEqual(['f[batch, n] = 1 - tanh(h) * 2 + |n|^-0.5 * h']);
    expect(formula('tanh(h) * exp(sum[n](relu(h) - 1))')).toEqual([
      'v1[batch, n] = relu(h) - 1',
      'v2[batch] = sum[n](v1)',
      'f[batch, n] = tanh(h) * exp(v2)',
    ]);
  });

  test('operands broadcast to each other', () => {
    expect(formula('x + h')).toEqual(['v1[n, batch, input] = x along [n]', 'f[n, batch, input] = v1 + h']);
    expect(formula("tanh(h[n] * h[n'])")).toEqual([
      "v1[batch, n'] = h as [n -> n']",
      "v2[n', batch, n] = h along [n']",
      "f[n', batch, n] = tanh(v2 * v1)",
    ]);
  });

  test('a parameter as it is', () => {
    expect(formula('h + b * b')).toEqual(['v1[] = 1', 'v2[n] = v1 outer b', 'f[batch, n] = h + v2 * v2']);
    expect(meaning('f = b\noutput f')).toEqual(['v1[] = 1', 'f[n] = v1 outer b', 'output f']);
    expect(formula('avg(b)')).toEqual(['v1[] = 1', 'v2[n] = v1 outer b', 'f[] = mean[n](v2)']);
    expect(formula('h @[n] b')).toEqual(['f[batch] = h @[n] b']);
    expect(meaning('output b')).toEqual(['output b']);
  });

  test('numbers alone are a constant; sizes alone a map', () => {
    expect(formula('1 / 4 + max(2, -3) ^ 2')).toEqual(['f[] = 4.25']);
    expect(formula('-0')).toEqual(['f[] = -0']);
    expect(formula('2 * |n|')).toEqual(['v1[] = 1', 'f[] = map[v1](2 * |n|)']);
  });

  test('reductions and named functions', () => {
    expect(formula('avg(up)')).toEqual(['f[] = mean[wide, n](up)']);
    expect(formula('mean[n, batch](h)')).toEqual(['f[] = mean[n, batch](h)']);
    expect(formula('max[n](min(h, 0))')).toEqual(['v1[batch, n] = min(h, 0)', 'f[batch] = max[n](v1)']);
    expect(formula('softmax[n](2 * h)')).toEqual(['v1[batch, n] = 2 * h', 'f[batch, n] = softmax[n](v1)']);
    expect(formula('normalize[n](h, epsilon = 1e-5)')).toEqual(['f[batch, n] = normalize[n](h, epsilon = 0.00001)']);
    expect(formula('neg(h)')).toEqual(['f[batch, n] = -h']);
  });

  test('the same part twice is written once', () => {
    expect(formula('avg(h) * avg(h)')).toEqual(['v1[batch] = mean[n](h)', 'f[batch] = v1 * v1']);
  });

  test('names that the writer gives keep clear of those that come later', () => {
    const lines = meaning('f = avg(tanh(h)) + avg(h)\nv1 = avg(h)\noutput f\noutput v3 = v1');
    expect(lines).toEqual([
      'v2[batch, n] = tanh(h)',
      'v3[batch] = mean[n](v2)',
      'v4[batch] = mean[n](h)',
      'f[batch] = v3 + v4',
      'v1[batch] = mean[n](h)',
      'output f',
      'output v3 = v1',
    ]);
  });

  test('an explicit list of operands', () => {
    const m = 'm = avg(h)\noutput m';
    expect(meaning(`${m}\noutput f = map[m, h](h * m)`)[1]).toBe('f[batch, n] = map[m, h](h * m)');
    expect(meaning(`${m}\noutput f = map[h, m](tanh(h))`)[1]).toBe('f[batch, n] = map[h, m](tanh(h))');
    expect(meaning(`${m}\noutput f = map[h, m, h]($3 - h ^ $2)`)[1]).toBe('f[batch, n] = map[h, m, h]($3 - h ^ m)');
    // Where the order is that of first appearance, the list says nothing.
    expect(meaning(`${m}\noutput f = map[m, h](m * $2)`)[1]).toBe('f[batch, n] = m * h');
  });

  test("an output of a formula has its value's name, unless a line defines that", () => {
    expect(meaning('output f = 2 * h')).toEqual(['f[batch, n] = 2 * h', 'output f']);
    expect(meaning('output f = h')).toEqual(['output f = h']);
    expect(meaning('output f = 2 * h\nf = 3 * h\noutput g = f')).toEqual([
      'v1[batch, n] = 2 * h',
      'f[batch, n] = 3 * h',
      'output f = v1',
      'output g = f',
    ]);
  });

  test('lines go on while something is open', () => {
    expect(formula('mean[\n  n,  # the width\n  batch\n](\n  h\n  + 1\n)')).toEqual([
      'v1[batch, n] = h + 1',
      'f[] = mean[n, batch](v1)',
    ]);
  });
});

/** The formula as it is read, in prefix notation. */
function tree(text: string): string {
  const program: Program = parseProgram(`data x\ndata y\ndata z\nwidth n\nkeep f = map[x, y, z](${text})\nno outputs`);
  const { instruction } = nodeOf(program, 'f');
  if (instruction.op !== 'map') throw new Error(`${instruction.op} is no map`);
  return show(instruction.expr);
}

function show(expr: Expr): string {
  switch (expr.op) {
    case 'constant':
      return Object.is(expr.value, -0) ? '-0' : String(expr.value);
    case 'argument':
      return ['x', 'y', 'z'][expr.index] ?? '?';
    case 'size':
      return `|${expr.space}|^${printDecimal(expr.exponent)}`;
    case 'unary':
      return `(${expr.name} ${show(expr.arg)})`;
    case 'binary':
      return `(${expr.name} ${show(expr.left)} ${show(expr.right)})`;
  }
}

describe('precedence', () => {
  test.each([
    ['x + y - z', '(sub (add x y) z)'],
    ['x - (y - z)', '(sub x (sub y z))'],
    ['x / y * z', '(mul (div x y) z)'],
    ['x + y * z', '(add x (mul y z))'],
    ['x * y ^ z', '(mul x (pow y z))'],
    ['x ^ y ^ z', '(pow x (pow y z))'],
    ['(x ^ y) ^ z', '(pow (pow x y) z)'],
    ['-x + y', '(add (neg x) y)'],
    ['-x * y', '(neg (mul x y))'],
    ['-x ^ y', '(neg (pow x y))'],
    ['x * -y * z', '(mul (mul x (neg y)) z)'],
    ['x + -y * z', '(add x (neg (mul y z)))'],
    ['x ^ -y', '(pow x (neg y))'],
    ['x - -y', '(sub x (neg y))'],
    ['--x', '(neg (neg x))'],
    ['-2', '-2'],
    ['-(2)', '(neg 2)'],
    ['--2', '(neg -2)'],
    ['-2 ^ 2', '(neg (pow 2 2))'],
    ['(-2) ^ 2', '(pow -2 2)'],
    ['-2 * x', '(neg (mul 2 x))'],
    ['(-2) * x', '(mul -2 x)'],
    ['x - 1', '(sub x 1)'],
    ['x ^ -1', '(pow x -1)'],
    ['-0 + x', '(add -0 x)'],
    ['|n|^-0.5', '|n|^-0.5'],
    ['|n|^2 * x', '(mul |n|^2 x)'],
    ['|n|^(1/3)', '|n|^(1/3)'],
    ['|n|^(-2/6) * x', '(mul |n|^(-1/3) x)'],
    ['|n|^0.3333333333333333', '|n|^(1/3)'],
    ['|n|^(1/2)', '|n|^0.5'],
    ['|n|^(1/3) ^ x', '(pow |n|^(1/3) x)'],
    ['|n|^(1 / 3 + x)', '(pow |n|^1 (add (div 1 3) x))'],
    ['|n|^(1/0)', '(pow |n|^1 (div 1 0))'],
    ['(|n|) ^ (1/3)', '(pow |n|^1 (div 1 3))'],
    ['(|n|) ^ 2', '(pow |n|^1 2)'],
    ['|n|^2 ^ x', '(pow |n|^2 x)'],
    ['|n| ^ x', '(pow |n|^1 x)'],
    ['max(x, min(y, z))', '(max x (min y z))'],
    ['tanh(-x)', '(tanh (neg x))'],
    ['2 + 3 * 4', '(add 2 (mul 3 4))'],
    ['Infinity - NaN', '(sub Infinity NaN)'],
  ])('%s', (text, expected) => {
    expect(tree(text)).toBe(expected);
  });
});

describe('axes', () => {
  test('explicit contractions, outer products, broadcasts and renames in formulas', () => {
    expect(formula('x @[input] u @[n] W + 1')).toEqual([
      'v1[batch, n] = x @[input] u',
      "v2[batch, n'] = v1 @[n] W",
      "f[batch, n'] = v2 + 1",
    ]);
    expect(formula('h outer x')).toEqual(['f[batch, n, input] = h outer x']);
    expect(formula("2 * h as [n -> n'] along [wide]")).toEqual([
      "v1[batch, n'] = h as [n -> n']",
      "v2[wide, batch, n'] = v1 along [wide]",
      "f[wide, batch, n'] = 2 * v2",
    ]);
  });

  test('another copy of the axes', () => {
    expect(formula("h[n']")).toEqual(["f[batch, n'] = h as [n -> n']"]);
    expect(formula("h[n, batch']")).toEqual(["f[batch', n] = h as [batch -> batch']"]);
    expect(formula("W[n', n]")).toEqual(["f[n', n] = W as [n -> n', n' -> n]"]);
    expect(formula("W[n', n'']")).toEqual(["f[n', n''] = W as [n -> n', n' -> n'']"]);
    expect(formula("tanh(h[n] * W[n, n'])")).toEqual([
      "v1[n', batch, n] = h along [n']",
      "f[n', batch, n] = tanh(v1 * W)",
    ]);
    expect(formula("(2 * h)[n']")).toEqual(['v1[batch, n] = 2 * h', "f[batch, n'] = v1 as [n -> n']"]);
    expect(formula("b[n']")).toEqual(['v1[] = 1', 'v2[n] = v1 outer b', "f[n'] = v2 as [n -> n']"]);
  });

  test('windows and their adjoint', () => {
    const spaces = 'fixed time = 5, place = 3, tap = 2\ninitial s[time, n]\ninitial y[n, place, tap]\n';
    const meant = (text: string): string | undefined => meaning(`${spaces}${text}`).at(-2);
    expect(meant('output f = window[time -> place, tap; stride 2](2 * s)')).toBe(
      'f[place, tap, n] = window[time -> place, tap; stride 2](v1)',
    );
    expect(meant('output f = window[time -> time, tap; pad 1, dilation 3, stride 1](s)')).toBe(
      'f[time, tap, n] = window[time -> time, tap; dilation 3, pad 1](s)',
    );
    expect(meant('output f = overlap[place, tap -> time; stride 2, pad 0](y)')).toBe(
      'f[n, time] = overlap[place, tap -> time; stride 2](y)',
    );
  });

  test('entries moved along fixed axes', () => {
    const spaces = 'fixed time = 6, place = 3, tap = 2, all = 9\ninitial s[time, n]\ninitial y[n, place, tap]\n';
    const lines = (text: string): string[] => meaning(`${spaces}${text}`).slice(3, -1);
    expect(lines('output f = split[time -> place, tap](2 * s)')).toEqual([
      'v1[time, n] = 2 * s',
      'f[place, tap, n] = split[time -> place, tap](v1)',
    ]);
    expect(lines('output f = merge[place, tap -> time](y)')).toEqual(['f[n, time] = merge[place, tap -> time](y)']);
    expect(lines('output f = select[time -> tap; after 0, place, 1](s)')).toEqual([
      'f[tap, n] = select[time -> tap; after 1, place](s)',
    ]);
    expect(lines('output f = pad[tap -> time; after 0](y)')).toEqual(['f[n, place, time] = pad[tap -> time](y)']);
    expect(lines('output f = concat[time, place -> all](s, y)')).toEqual([
      'v1[tap, time, n] = s along [tap]',
      'f[tap, all, n] = concat[time, place -> all](v1, y)',
    ]);
  });

  test('gather and scatter', () => {
    const index = 'data i[batch] of input\n';
    expect(meaning(`${index}output f = tanh(x)[input = i]`).slice(1, -1)).toEqual([
      'v1[batch, input] = tanh(x)',
      'f[batch] = v1[input = i]',
    ]);
    expect(meaning(`${index}output f = scatter[input = i; batch](2 * h)`).slice(1, -1)).toEqual([
      'v1[batch, n] = 2 * h',
      'f[input, n] = scatter[input = i; batch](v1)',
    ]);
    expect(meaning(`${index}output f = scatter[input = i](h)`).slice(1, -1)).toEqual([
      'f[batch, input, n] = scatter[input = i](h)',
    ]);
    expect(meaning(`${index}keep j = i\noutput f = h[batch = 0]`).slice(1, -1)).toEqual([
      'keep j[batch] of input = i as []',
      'v1[] of batch = 0',
      'f[n] = h[batch = v1]',
    ]);
  });

  test('axes on the left are checked as a set and kept in their order', () => {
    expect(meaning('f[n, batch] = tanh(h)\noutput f')[0]).toBe('f[n, batch] = tanh(h)');
    expect(nodeOf(parseProgram(`${head}f[n, batch] = tanh(h)\noutput f`), 'f').type.axes).toEqual(['n', 'batch']);
  });
});

describe('products without axes', () => {
  test('a matrix and its transpose', () => {
    expect(formula('W @ h')).toEqual(["v1[batch, n'] = h as [n -> n']", "f[n, batch] = W @[n'] v1"]);
    expect(formula('W^T @ h')).toEqual(["v1[n', batch] = W @[n] h", "f[n, batch] = v1 as [n' -> n]"]);
    expect(formula('Wᵀ @ h')).toEqual(formula('W^T @ h'));
    expect(formula("W @ h[n']")).toEqual(formula('W @ h'));
  });

  test('two widths', () => {
    expect(formula('up @ h')).toEqual(['f[wide, batch] = up @[n] h']);
    expect(formula('up^T @ (up @ h)')).toEqual(['v1[wide, batch] = up @[n] h', 'f[n, batch] = up @[wide] v1']);
  });

  test('one width, or none', () => {
    expect(formula('u @ x')).toEqual(['f[n, batch] = u @[input] x']);
    expect(formula('u^T @ h')).toEqual(['f[input, batch] = u @[n] h']);
    expect(formula('b @ h')).toEqual(['f[batch] = b @[n] h']);
    expect(formula("x^T @ x[batch, input']")).toEqual([
      "v1[batch, input'] = x as [input -> input']",
      "f[input, input'] = x @[batch] v1",
    ]);
    expect(meaning("fixed head = 2\ninitial Q[head, n', n]\noutput f = Q @ h").slice(-2)[0]).toBe(
      "f[head, n, batch] = v1 as [n' -> n]",
    );
  });

  test('a matrix declared with its rows primed', () => {
    expect(meaning("initial V[n', n]\noutput f = V @ h").slice(1, -1)).toEqual([
      "v1[n', batch] = V @[n] h",
      "f[n, batch] = v1 as [n' -> n]",
    ]);
  });

  test('a chain goes from the right', () => {
    expect(formula('W @ W @ h')).toEqual([
      "v1[batch, n'] = h as [n -> n']",
      "v2[n, batch] = W @[n'] v1",
      "v3[n', batch] = v2 as [n -> n']",
      "f[n, batch] = W @[n'] v3",
    ]);
    expect(formula('W @ W^T @ h')).toEqual(formula('W @ (W^T @ h)'));
  });

  test('tighter than entrywise products', () => {
    expect(formula('2 * W @ h * h')).toEqual([
      "v1[batch, n'] = h as [n -> n']",
      "v2[n, batch] = W @[n'] v1",
      'f[n, batch] = 2 * v2 * h',
    ]);
  });

  test('a value called T is a power unless a product follows', () => {
    expect(meaning('T = avg(h)\noutput f = h^T')[1]).toBe('f[batch, n] = h ^ T');
    expect(meaning('T = avg(h)\noutput f = W^T @ h\noutput T').slice(1, 3)).toEqual(formula('W^T @ h'));
    expect(meaning('T = avg(h)\noutput f = h ^ "T" outer x')[1]).toBe('v1[batch, n] = h ^ T');
  });
});

describe('states', () => {
  test('a step of momentum', () => {
    expect(
      linesOf(`
        width n
        data g[n]
        state w[n] ~ normal(1)
        state m[n] ~ 0
        next = 0.9 * m + g
        next state m = next
        next state w = w - 0.1 * next
        output size = avg(w^2)`),
    ).toEqual([
      'width n',
      'data g[n]',
      'state w[n] ~ normal(1)',
      'state m[n] ~ 0',
      'next[n] = 0.9 * m + g',
      'v1[n] = w - 0.1 * next',
      'v2[n] = w ^ 2',
      'size[] = mean[n](v2)',
      'next state m = next',
      'next state w = v1',
      'output size',
    ]);
  });
});

describe('names', () => {
  test('words of the language are names where they can be', () => {
    const text = `
      width width
      data data[width]
      data of[width]
      output = tanh(data) * of
      sum[width] = output + data
      keep keep = sum outer of
      as = sum along [width']
      next = sum as [width -> width']
      state = as @[width] sum
      mean = mean[width](sum)
      program = mean * mean
      output output = state
      output program
      output next`;
    expect(linesOf(text)).toEqual([
      'width width',
      'data data[width]',
      'data of[width]',
      'output[width] = tanh(data) * of',
      'sum[width] = output + data',
      'keep keep[width] = sum outer of',
      "as[width', width] = sum along [width']",
      "next[width'] = sum as [width -> width']",
      "state[width'] = as @[width] sum",
      'mean[] = mean[width](sum)',
      'program[] = mean * mean',
      'output output = state',
      'output program',
      'output next',
    ]);
  });

  test('quotes where a name would read as something else', () => {
    const text = `
      fixed "a b" = 2
      data "two words"["a b"]
      data sum["a b"]
      data "Infinity"
      data i of "a b"
      output f = "two words" * "Infinity" + "sum"["a b" = i]
      output "f, #2" = "sum" * 2`;
    expect(linesOf(text)).toEqual([
      'fixed "a b" = 2',
      'data "two words"["a b"]',
      'data sum["a b"]',
      'data "Infinity"[]',
      'data i[] of "a b"',
      'v1[] = "sum"["a b" = i]',
      'f["a b"] = "two words" * "Infinity" + v1',
      '"f, #2"["a b"] = sum * 2',
      'output f',
      'output "f, #2"',
    ]);
  });

  test('letters of any script, dots, primes', () => {
    expect(linesOf("width n\ninitial ψ₀.x.0'[n]\noutput φ = avg(ψ₀.x.0')")).toEqual([
      'width n',
      "initial ψ₀.x.0'[n] ~ normal(1)",
      "φ[] = mean[n](ψ₀.x.0')",
      'output φ',
    ]);
  });
});

describe('what no output needs', () => {
  test('keep marks the last of a chain; inputs and parameters may idle', () => {
    expect(linesOf('width n\ndata x[n]\ny = 2 * x\nkeep z = tanh(y)\nno outputs')).toEqual([
      'width n',
      'data x[n]',
      'y[n] = 2 * x',
      'keep z[n] = tanh(y)',
      'no outputs',
    ]);
    expect(linesOf('width n\ndata x[n]\ndata idle[n]\noutput x')).toEqual([
      'width n',
      'data x[n]',
      'data idle[n]',
      'output x',
    ]);
  });
});

test('every formula of these tests prints to text that is read the same', () => {
  const texts = ['W^T @ (W @ h)', "tanh(h[n] * h[n'])", '-2 * avg(h) + avg(h)[batch]', 'max[n](h) @[batch] x'];
  for (const text of texts) {
    const program = parseProgram(`${head}\noutput f = ${text}`);
    const again = parseProgram(printProgram(program));
    expect(again).toEqual(program);
    expect(printProgram(again)).toBe(printProgram(program));
  }
});
