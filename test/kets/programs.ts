/** Programs that the tests of kets share: the examples, and one for each rule that these do not reach. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Program, parseProgram } from '../../src/program/index.ts';

const FOLDER = resolve(import.meta.dirname, '../../examples/programs');

/** The example programs by file name. */
export const examples: ReadonlyMap<string, Program> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.nex'))
    .sort()
    .map((file) => [file, parseProgram(readFileSync(join(FOLDER, file), 'utf8'), file)]),
);

/** An example by file name. */
export function example(file: string): Program {
  const program = examples.get(file);
  if (program === undefined) throw new Error(`no example ${file} among ${[...examples.keys()].join(', ')}`);
  return program;
}

const texts: Readonly<Record<string, string>> = {
  'two widths of a fixed ratio': `
    fixed batch = 2
    width n, wide = 2 n
    initial x[batch, n] ~ normal(1)
    initial up[wide, n] ~ normal(|n|^-0.5)
    initial down[n, wide] ~ normal(1.5 |wide|^-0.5)
    h = tanh(up @[n] x)
    y = down @[wide] h
    back = y @[n] down
    again = back @[wide] up
    output size = avg(y^2)
    output hidden = mean[wide](h * back)
    output sums = |wide|^-1 * sum[wide](h^2)
    output loop = avg(again * x)
    output gram = |n|^-1 * (y @[n] x[batch'])`,
  'matrices on a fixed axis': `
    fixed head = 3, time = 2
    width n
    initial x[time, n] ~ normal(1)
    initial W[head, n, n'] ~ normal(|n|^-0.5)
    y[time, head, n] = x[n'] @[n'] W
    z[time, n'] = y @[head, n] W
    all[time, n] = tanh(y) @[head] (sin(y))
    output size = avg(y^2)
    output total = avg(all * x)
    output back = avg(z * x[n'])`,
  'linear combinations of matrices': `
    fixed k = 2
    width n
    initial x[n] ~ normal(1)
    initial A[n, n'] ~ normal(|n|^-0.5)
    initial B[n, n'] ~ normal(0.5 |n|^-0.5)
    initial c[k] ~ normal(|n|^-0.5)
    one[k] = (0.5, -2)
    mixed = 2 * A - B / 4
    both[k, n, n'] = one outer mixed
    small[k] = c * 3 + one
    y = mixed @ x
    z = both @[n'] tanh(x[n'])
    w = (mixed^T @ y) * 0.5 - A^T @ x
    output y2 = avg(y^2)
    output z2 = avg(z^2)
    output w2 = avg(w * x)
    output small`,
  'outer products, their means and maps': `
    fixed batch = 2
    width n
    initial x[batch, n] ~ normal(1)
    initial y[batch, n] ~ normal(1)
    low[n, n'] = x @[batch] y[n']
    each[batch, n, n'] = x outer y[n']
    curved = tanh(low) + 0.3 * low - 2
    first of batch = 0
    scaled = curved * x[batch = first] - low / 2
    rows = mean[n'](curved)
    columns[n'] = mean[n](curved^2)
    whole = mean[n, n'](scaled^2)
    inner = |n|^-2 * (curved @[n, n'] low)
    applied[batch, n] = |n|^-1 * (scaled @[n'] y[n'])
    largest = max[batch](each)
    output rows2 = avg(rows^2)
    output columns2 = mean[n'](columns^2)
    output whole
    output inner
    output applied2 = avg(applied^2)
    output largest2 = mean[n, n'](tanh(largest))`,
  'functions of four units': `
    width n
    initial x[n] ~ normal(1)
    initial z[n] ~ normal(1)
    pair[n, n'] = x * z[n']
    four[n, n', n'', n'''] = pair outer (pair as [n -> n'', n' -> n'''])
    y[n] = mean[n', n'', n'''](tanh(four + x * z[n'''] - z[n']))
    output size = avg(y^2)
    output whole = mean[n, n', n'', n'''](sin(four))`,
  'powers that vanish': `
    width n
    initial x[n] ~ normal(1)
    initial v[n] ~ normal(|n|^-0.5)
    initial theta ~ normal(|n|^-0.5)
    initial W[n, n'] ~ normal(1)
    y = tanh(|n|^-0.5 * (W @ x) + theta * x)
    z = y + v + |n|^-0.25 * x
    output size = avg(z^2)
    output theta2 = theta * (1 + |n|^-0.25)
    output vanishing = avg(v * |n|^0.5 * x) + |n|^-1 * sum[n](z * v)`,
  'powers of thirds and tenths that cancel': `
    width n, wide = 3 n
    initial x[n] ~ normal(|n|^(1/3))
    initial v[wide] ~ normal(|wide|^-0.1 |wide|^-0.2 |n|^0.3)
    initial W[wide, n] ~ normal(|n|^-0.3 |wide|^-0.2)
    y = |n|^(-1/3) * x
    A = |n|^(1/3) * W
    B = |wide|^(1/6) * A - |n|^0.5 * W
    h = |n|^-0.5 * (B @[n] tanh(y))
    root = (|n|^-1 * y^2) ^ (1/3)
    g[wide, n] = |n|^(-2/3) * |n|^-0.3 * (v outer y)
    trained = W - 0.5 * |n|^-0.1 * |n|^(1/15) * g
    back = h @[wide] trained
    output size = mean[wide](h^2)
    output product = |n|^(-2/3) * mean[wide]((W @[n] x)^2)
    output roots = avg(|n|^(1/3) * root)
    output moved = mean[wide]((trained @[n] y)^2)
    output loop = |n|^-0.7 * |n|^0.7 * avg(back * y)`,
  'gathers and scatters on fixed axes': `
    fixed vocabulary = 4, time = 3
    width n
    initial table[vocabulary, n] ~ normal(1)
    initial W[n, n'] ~ normal(|n|^-0.5)
    tokens[time] of vocabulary = (2, 0, 2)
    x = table[vocabulary = tokens]
    y = tanh(W @ x)
    g[vocabulary, n] = scatter[vocabulary = tokens; time](y)
    weight = softmax[time](avg(y * x))
    output weight
    output size = avg(g * table)
    output most = avg(max[time](y))
    output normal = avg(normalize[n](y, epsilon = 0.001)^2 * x)`,
  'windows on fixed axes': `
    fixed time = 5, place = 3, tap = 3, pool = 3
    width n
    initial x[time, n] ~ normal(1)
    initial v[tap, n] ~ normal(1)
    initial W[tap, n, n'] ~ normal(|n|^-0.5 |tap|^-0.5)
    s = window[time -> place, tap; stride 2, pad 1](x)
    h[place, n] = s[n'] @[tap, n'] W
    y = tanh(h)
    back = overlap[place, tap -> time; stride 2, pad 1](y @[n] W)
    pooled = max[pool](window[place -> time, pool; pad 2](y))
    gains = s * v
    M = window[tap -> place, pool](W)
    U = overlap[place, pool -> tap](M)
    output size = avg(y^2)
    output echo = avg(back * x)
    output most = avg(pooled * x)
    output gain = avg(gains)
    output again = avg((x[time = 1] @[n] U)^2)`,
  'entries moved along fixed axes': `
    fixed time = 4, place = 2, tap = 2, one = 1, three = 3, all = 6
    width n
    initial x[time, n] ~ normal(1)
    initial v[place, n] ~ normal(1)
    initial W[tap, n, n'] ~ normal(|n|^-0.5)
    initial V[one, n, n'] ~ normal(2 |n|^-0.5)
    pieces = split[time -> place, tap](x)
    h[place, n] = pieces[n'] @[tap, n'] W
    y = tanh(h)
    back = merge[place, tap -> time](pieces * (y @[n] W)[n])
    joined = concat[time, place -> all](tanh(x), y)
    faint = concat[place, time -> all](v * |n|^-0.5, x)
    middle = select[time -> place; after 1](x)
    wide = pad[place -> time; after tap](middle * y)
    M = concat[tap, one -> three](W, V)
    tail = select[three -> tap; after one](M)
    U = pad[tap -> three; after 1](tail)
    output size = avg(y^2)
    output echo = avg(back * x)
    output joint = avg(joined * faint)
    output shifted = avg(wide * x)
    output again = avg((pieces[n'] @[tap, n'] tail)^2)
    output last = avg((y[n'] @[n'] U)^2)`,
  'momentum and decay, step by step': `
    fixed batch = 2
    width n
    initial x[batch, n] ~ normal(1)
    initial v[n] ~ normal(1)
    state W[n, n'] ~ normal(|n|^-0.5)
    state m[n, n'] ~ 0
    state b[n] ~ 0
    y = tanh(W @ x + b)
    f = avg(v * y)
    dh = (f - 1) * v * (1 - y^2)
    g[n, n'] = dh @[batch] x[n']
    next state m = 0.9 * m + g
    next state W = 0.98 * W - 0.3 * |n|^-1 * (0.9 * m + g)
    next state b = b - 0.1 * sum[batch](dh)
    back = W^T @ dh
    output f
    output back2 = avg(back^2)`,
  'a nonlinear state, decayed, read from both sides': `
    fixed batch = 2
    width n, wide = 2 n
    initial x[batch, n] ~ normal(1)
    initial v[wide] ~ normal(1)
    state W[wide, n] ~ normal(|n|^-0.5)
    state s[wide, n] ~ 1
    y = tanh(W @[n] x)
    f = mean[wide](v * y)
    dh = (f - 1) * v * (1 - y^2)
    g[wide, n] = dh @[batch] x
    squares = 0.9 * s + 0.1 * g^2
    update = g / sqrt(squares)
    next state s = squares
    next state W = 0.95 * W - |n|^-1 * update
    back = tanh(dh @[wide] W)
    output f
    output back2 = avg(back^2)
    output size = mean[wide, n](update^2)`,
};

/** Programs of the tests alone. */
export const extras: ReadonlyMap<string, Program> = new Map(
  Object.entries(texts).map(([name, text]) => [name, parseProgram(text, name)]),
);
