/** Everything that can be wrong with a text: where it is, what was found, what was expected. */

import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors/index.ts';
import { locate, parseProgram, parseWithPlaces } from '../../../src/program/index.ts';

/** What parsing throws. */
function errorOf(text: string, source?: string): UserError {
  try {
    parseProgram(text, source);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return expect.fail('nothing was thrown');
}

/** Four lines of declarations, below which the faulty ones stand. */
const HEAD = `width n, wide = 4 n
fixed batch, class = 3
data x[batch, n]
data i[batch] of class
`;

/** What is wrong, the lines below the declarations, the code and the message. */
type Wrong = readonly [what: string, lines: string, code: string, message: string];

const wrong: Readonly<Record<string, readonly Wrong[]>> = {
  'words that do not fit': [
    [
      'a misspelled declaration',
      'paramter w[n]',
      'program.syntax',
      `net.nex:5:1: no declaration begins with "paramter"
   5 | paramter w[n]
     | ^^^^^^^^
expected one of: fixed, width, data, initial, state, parameter, output, next, no, keep (did you mean "parameter"?)`,
    ],
    [
      'a line that is neither declaration nor equation',
      'x y',
      'program.syntax',
      `net.nex:5:3: unexpected "y"
   5 | x y
     |   ^
expected "[" or "=" behind a name that begins a line`,
    ],
    [
      'an equation without its right side',
      'h =',
      'program.syntax',
      `net.nex:5:4: unexpected end of the text
   5 | h =
     |    ^
expected a value, a number, a function or "("`,
    ],
    [
      'an equation without its left side',
      '= x',
      'program.syntax',
      `net.nex:5:1: unexpected "="
   5 | = x
     | ^
expected a declaration or an equation`,
    ],
    [
      'a name alone',
      'h',
      'program.syntax',
      `net.nex:5:2: unexpected end of the text
   5 | h
     |  ^
expected "[" or "="`,
    ],
    [
      'an operator without operand',
      'h = x * * 2',
      'program.syntax',
      `net.nex:5:9: unexpected "*"
   5 | h = x * * 2
     |         ^
expected a value, a number, a function or "("`,
    ],
    [
      'two values side by side',
      'h = tanh(x) x',
      'program.syntax',
      `net.nex:5:13: unexpected "x"
   5 | h = tanh(x) x
     |             ^
expected an operator or the end of the line`,
    ],
    [
      'an output of a formula without =',
      'output tanh(x)',
      'program.syntax',
      `net.nex:5:12: unexpected "("
   5 | output tanh(x)
     |            ^
expected "=" or the end of the line`,
    ],
    [
      'something behind a declaration',
      'data y[n] + 1',
      'program.syntax',
      `net.nex:5:11: unexpected "+"
   5 | data y[n] + 1
     |           ^
expected the end of the line`,
    ],
    [
      'something behind spaces',
      'width m n',
      'program.syntax',
      `net.nex:5:9: unexpected "n"
   5 | width m n
     |         ^
expected "," or the end of the line`,
    ],
    [
      'a bracket left open',
      'h = mean[n(x)',
      'program.syntax',
      `net.nex:5:11: unexpected "("
   5 | h = mean[n(x)
     |           ^
expected "," or "]" to close "[" of line 5`,
    ],
    [
      'a bracket without axis',
      'h = x[',
      'program.syntax',
      `net.nex:5:7: unexpected end of the text
   5 | h = x[
     |       ^
expected an axis or "]"`,
    ],
    [
      'an operand list without operands',
      'h = map[](x)',
      'program.syntax',
      `net.nex:5:9: unexpected "]"
   5 | h = map[](x)
     |         ^
expected the name of a value`,
    ],
    [
      'a renaming without an arrow',
      "h = x as [n, n']",
      'program.syntax',
      `net.nex:5:12: unexpected ","
   5 | h = x as [n, n']
     |            ^
expected "->"`,
    ],
    [
      'an attribute without a number',
      'h = normalize[n](x, epsilon = x)',
      'program.syntax',
      `net.nex:5:31: unexpected "x"
   5 | h = normalize[n](x, epsilon = x)
     |                               ^
expected a number`,
    ],
    [
      'next without state',
      'next x = 2',
      'program.syntax',
      `net.nex:5:6: unexpected "x"
   5 | next x = 2
     |      ^
expected "state"`,
    ],
    [
      'no without outputs',
      'no output',
      'program.syntax',
      `net.nex:5:4: unexpected "output"
   5 | no output
     |    ^^^^^^
expected "outputs"`,
    ],
    [
      'a size that is none',
      'width m = (2)',
      'program.syntax',
      `net.nex:5:11: unexpected "("
   5 | width m = (2)
     |           ^
expected a size such as 32, n or 4 n`,
    ],
    [
      'a size of zero',
      'fixed m = 0',
      'program.syntax',
      `net.nex:5:11: size 0
   5 | fixed m = 0
     |           ^
expected a positive number`,
    ],
    [
      'a space with a prime',
      "fixed m' = 2",
      'program.syntax',
      `net.nex:5:7: the space "m'" is named with a prime
   5 | fixed m' = 2
     |       ^^
a space has none; its copies do`,
    ],
    [
      'an unknown law',
      'initial w[n] ~ gaussian(1)',
      'program.syntax',
      `net.nex:5:16: unexpected "gaussian"
   5 | initial w[n] ~ gaussian(1)
     |                ^^^^^^^^
expected a law: normal(…), rademacher(…) or a number`,
    ],
    [
      'a law of two numbers',
      'initial w[n] ~ normal(1, 2)',
      'program.syntax',
      `net.nex:5:24: unexpected ","
   5 | initial w[n] ~ normal(1, 2)
     |                        ^
expected a number, "|" or ")" to close "(" of line 5`,
    ],
    [
      'a law of data',
      'data w[n] ~ normal(1)',
      'program.syntax',
      `net.nex:5:11: data is given at run time and has no law
   5 | data w[n] ~ normal(1)
     |           ^
expected "initial w" for values drawn by a law, or no law`,
    ],
    [
      'a parameter that is an index',
      'parameter w[n] of class',
      'program.syntax',
      `net.nex:5:19: the parameter "w" is an index
   5 | parameter w[n] of class
     |                   ^^^^^
parameters are real; declare it as data`,
    ],
    [
      'a reason without its words',
      'parameter w[n] ~ 0, gradient 0',
      'program.syntax',
      `net.nex:5:21: unexpected "gradient"
   5 | parameter w[n] ~ 0, gradient 0
     |                     ^^^^^^^^
expected no gradient: "reason"`,
    ],
    [
      'a reason without quotes',
      'parameter w[n] ~ 0, no gradient: reason',
      'program.syntax',
      `net.nex:5:34: unexpected "reason"
   5 | parameter w[n] ~ 0, no gradient: reason
     |                                  ^^^^^^
expected the reason in quotes`,
    ],
    [
      'a title in quotes with more behind it',
      `data y
program "a"`,
      'program.syntax',
      `net.nex:6:1: the name of the program below other lines
   6 | program "a"
     | ^^^^^^^
it stands in the first line`,
    ],
  ],
  'characters and numbers': [
    [
      'a character of no meaning',
      'h = x & x',
      'program.syntax',
      `net.nex:5:7: unexpected character "&" (U+0026)
   5 | h = x & x
     |       ^
a name with such a character stands in quotes`,
    ],
    [
      'a character that does not print',
      `h = x\u0007`,
      'program.syntax',
      `net.nex:5:6: unexpected character "�" (U+0007)
   5 | h = x�
     |      ^
a name with such a character stands in quotes`,
    ],
    [
      'a character beyond the basic plane',
      'h = x 🙂',
      'program.syntax',
      `net.nex:5:7: unexpected character "🙂" (U+1F642)
   5 | h = x 🙂
     |       ^^
a name with such a character stands in quotes`,
    ],
    [
      'a quote that is not closed',
      'h = "x * 2',
      'program.syntax',
      `net.nex:5:5: the quote is not closed
   5 | h = "x * 2
     |     ^
expected a second " on the same line`,
    ],
    [
      'a quote that is no JSON',
      'h = "\\q"',
      'program.syntax',
      `net.nex:5:5: the quoted name is no string of JSON
   5 | h = "\\q"
     |     ^^^^
write a quote as \\" and a backslash as \\\\`,
    ],
    [
      'a number too large',
      'h = 1e400 * x',
      'program.syntax',
      `net.nex:5:5: the number is too large
   5 | h = 1e400 * x
     |     ^^^^^
the largest is about 1.8e308; Infinity stands for itself`,
    ],
    [
      'a power of a size that is no fraction',
      'h = |n|^7364829.374 * x',
      'program.syntax',
      `net.nex:5:9: the power of a size is no fraction of whole numbers
   5 | h = |n|^7364829.374 * x
     |         ^^^^^^^^^^^
powers are exact: a number up to a million, or a fraction such as (1/3)`,
    ],
    [
      'a law with such a power',
      'initial u[n] ~ normal(|n|^-Infinity)',
      'program.syntax',
      `net.nex:5:27: the power of a size is no fraction of whole numbers
   5 | initial u[n] ~ normal(|n|^-Infinity)
     |                           ^^^^^^^^^
powers are exact: a number up to a million, or a fraction such as (1/3)`,
    ],
    [
      'a law with a power that is a formula',
      'initial u[n] ~ normal(|n|^(1/3 + 1))',
      'program.syntax',
      `net.nex:5:27: unexpected "("
   5 | initial u[n] ~ normal(|n|^(1/3 + 1))
     |                           ^
expected a number or a fraction such as (1/3)`,
    ],
    [
      'a position without a number',
      'h = map[x]($0)',
      'program.syntax',
      `net.nex:5:12: "$" without a number
   5 | h = map[x]($0)
     |            ^^
expected an operand of map[…] by its position: $1, $2, …`,
    ],
  ],
  functions: [
    [
      'an unknown function',
      'h = tahn(x)',
      'program.unknown-function',
      `net.nex:5:5: unknown function "tahn"
   5 | h = tahn(x)
     |     ^^^^
did you mean "tanh"?`,
    ],
    [
      'an unknown function with axes',
      'h = meen[n](x)',
      'program.unknown-function',
      `net.nex:5:5: unknown function "meen"
   5 | h = meen[n](x)
     |     ^^^^
did you mean "mean"?`,
    ],
    [
      'an unknown function like no other',
      'h = fourier(x)',
      'program.unknown-function',
      `net.nex:5:5: unknown function "fourier"
   5 | h = fourier(x)
     |     ^^^^^^^
the functions are: sum, mean, max, min, avg, map, scatter, window, overlap, split, merge, concat, select, pad, softmax, logSumExp, normalize, inverseDeviation, newtonSchulz, spectralNormalize, precondition, intoEigenbases, outOfEigenbases, eigenbasis, neg, exp, log, sqrt, tanh, sigmoid, erf, sin, cos, abs, sign, step, relu, normalCdf, normalDensity, gelu, geluTanh`,
    ],
    [
      'axes of a scalar function',
      'h = tanh[n](x)',
      'program.syntax',
      `net.nex:5:5: "tanh" takes no axes
   5 | h = tanh[n](x)
     |     ^^^^
expected tanh(…)`,
    ],
    [
      'a mean without axes',
      'h = mean(x)',
      'program.syntax',
      `net.nex:5:5: "mean" needs the axes that it runs over
   5 | h = mean(x)
     |     ^^^^
expected mean[axis, …](…); avg(…) is the mean over all width axes`,
    ],
    [
      'a softmax without axes',
      'h = softmax(x)',
      'program.syntax',
      `net.nex:5:5: "softmax" needs the axes that it runs over
   5 | h = softmax(x)
     |     ^^^^^^^
expected softmax[axis, …](…)`,
    ],
    [
      'a function without operand',
      'h = tanh()',
      'program.syntax',
      `net.nex:5:5: "tanh" takes 1 operand, given 0
   5 | h = tanh()
     |     ^^^^`,
    ],
    [
      'a function of too many',
      'h = max(x, x, x)',
      'program.syntax',
      `net.nex:5:5: "max" takes 2 operands, given 3
   5 | h = max(x, x, x)
     |     ^^^`,
    ],
    [
      'an attribute twice',
      'h = normalize[n](x, epsilon = 1, epsilon = 2)',
      'program.syntax',
      `net.nex:5:34: the attribute "epsilon" is given twice
   5 | h = normalize[n](x, epsilon = 1, epsilon = 2)
     |                                  ^^^^^^^`,
    ],
    [
      'operands of a named function',
      'output h = softmax[n](x, x)',
      'program.mismatch',
      `net.nex:5:12: softmax takes 1 operand, given 2
   5 | output h = softmax[n](x, x)
     |            ^^^^^^^^^^^^^^^^`,
    ],
  ],
  names: [
    [
      'an unknown value',
      'output h = avg(x * xx)',
      'program.unknown-value',
      `net.nex:5:20: unknown value "xx"
   5 | output h = avg(x * xx)
     |                    ^^
expected one of: x, i (did you mean "x"?)`,
    ],
    [
      'an unknown value like no other',
      'output h = avg(x * weight)',
      'program.unknown-value',
      `net.nex:5:20: unknown value "weight"
   5 | output h = avg(x * weight)
     |                    ^^^^^^
expected one of: x, i`,
    ],
    [
      'a value read before its line',
      `g = x + h
h = x
output g`,
      'program.unknown-value',
      `net.nex:5:9: "h" is read before it is defined
   5 | g = x + h
     |         ^
line 6 defines it; move that line up`,
    ],
    [
      'a value that reads itself',
      `h = h + x
output h`,
      'program.unknown-value',
      `net.nex:5:5: "h" is read before it is defined
   5 | h = h + x
     |     ^
only a state has a value from before`,
    ],
    [
      'an output of an unknown value',
      'output y',
      'program.unknown-value',
      `net.nex:5:8: unknown value "y"
   5 | output y
     |        ^
expected one of: x, i`,
    ],
    [
      'a name that the writer gave',
      'output f = avg(tanh(x)) * v1',
      'program.unknown-value',
      `net.nex:5:27: unknown value "v1"
   5 | output f = avg(tanh(x)) * v1
     |                           ^^
expected one of: x, i`,
    ],
    [
      'a space as a value',
      'output h = x / n',
      'program.unknown-value',
      `net.nex:5:16: unknown value "n"
   5 | output h = x / n
     |                ^
n is a space; its size is written |n|`,
    ],
    [
      'a value defined twice',
      'x = 2',
      'program.duplicate-name',
      `net.nex:5:1: the value "x" is defined twice
   5 | x = 2
     | ^
line 3 defines it first`,
    ],
    [
      'a space defined twice',
      'fixed n = 3',
      'program.duplicate-name',
      `net.nex:5:7: the space "n" is defined twice
   5 | fixed n = 3
     |       ^
line 1 defines it first`,
    ],
    [
      'an output defined twice',
      `output x
output x = i`,
      'program.duplicate-name',
      `net.nex:6:8: the output "x" is defined twice
   6 | output x = i
     |        ^
line 5 defines it first`,
    ],
    [
      'an unknown axis',
      'data y[bach]',
      'program.unknown-space',
      `net.nex:5:8: no space "bach" is declared
   5 | data y[bach]
     |        ^^^^
expected one of: n, wide, batch, class (did you mean "batch"?)`,
    ],
    [
      'an unknown axis on the left',
      'h[batch, m] = x',
      'program.unknown-space',
      `net.nex:5:10: no space "m" is declared
   5 | h[batch, m] = x
     |          ^
expected one of: n, wide, batch, class`,
    ],
    [
      'an unknown axis in a contraction',
      'h = x @[nn] x',
      'program.unknown-space',
      `net.nex:5:9: no space "nn" is declared
   5 | h = x @[nn] x
     |         ^^
expected one of: n, wide, batch, class (did you mean "n"?)`,
    ],
    [
      'an unknown axis in a renaming',
      "h = x as [n -> m']",
      'program.unknown-space',
      `net.nex:5:16: no space "m" is declared
   5 | h = x as [n -> m']
     |                ^^
expected one of: n, wide, batch, class`,
    ],
    [
      'an unknown space of an index',
      'data j of words',
      'program.unknown-space',
      `net.nex:5:11: no space "words" is declared
   5 | data j of words
     |           ^^^^^
expected one of: n, wide, batch, class`,
    ],
    [
      'an unknown space of a size',
      'h = |m| * x',
      'program.unknown-space',
      `net.nex:5:6: no space "m" is declared
   5 | h = |m| * x
     |      ^
expected one of: n, wide, batch, class`,
    ],
    [
      'an unknown space in a law',
      'initial w[n] ~ normal(|m|^-0.5)',
      'program.unknown-space',
      `net.nex:5:24: no space "m" is declared
   5 | initial w[n] ~ normal(|m|^-0.5)
     |                        ^
expected one of: n, wide, batch, class`,
    ],
  ],
  'axes and types': [
    [
      'an axis that the operand lacks',
      'output h = sum[class](x)',
      'program.mismatch',
      `net.nex:5:12: "x"[batch, n] has no axis class
   5 | output h = sum[class](x)
     |            ^^^^^^^^^^^^^`,
    ],
    [
      'everything wrong with one instruction',
      'output h = tanh(x) @[class, class] i',
      'program.mismatch',
      `net.nex:5:12: "i"[batch] is an index into class, expected a real value
   5 | output h = tanh(x) @[class, class] i
     |            ^^^^^^^^^^^^^^^^^^^^^^^^^
also: axis class is named twice
also: "tanh(x)"[batch, n] has no axis class, class
also: "i"[batch] has no axis class, class`,
    ],
    [
      'declared otherwise',
      `h[n] = tanh(x)
output h`,
      'program.mismatch',
      `net.nex:5:2: "h" is declared as [n] and computed as [batch, n]
   5 | h[n] = tanh(x)
     |  ^^^
correct the axes on the left, or leave them out`,
    ],
    [
      'declared as an index',
      `h[batch, n] of class = tanh(x)
output h`,
      'program.mismatch',
      `net.nex:5:2: "h" is declared as [batch, n] of class and computed as [batch, n]
   5 | h[batch, n] of class = tanh(x)
     |  ^^^^^^^^^^^^^^^^^^^
correct the axes on the left, or leave them out`,
    ],
    [
      'an index in a formula',
      'output h = x + tanh(i)',
      'program.mismatch',
      `net.nex:5:21: "i" is an index into class, expected a real value
   5 | output h = x + tanh(i)
     |                     ^
an index picks entries: x[class = i]`,
    ],
    [
      'an index over another space',
      'output h = x[n = i]',
      'program.mismatch',
      `net.nex:5:12: "i"[batch] is an index into class, expected one into n
   5 | output h = x[n = i]
     |            ^^^^^^^^`,
    ],
    [
      'a real value as an index',
      'output h = x[batch = x]',
      'program.mismatch',
      `net.nex:5:12: "x"[batch, n] is real, expected an index into batch
   5 | output h = x[batch = x]
     |            ^^^^^^^^^^^^
also: "x"[batch, n] has axis batch, which it picks from; rename it to batch' first`,
    ],
    [
      'an axis twice',
      'data y[n, n]',
      'program.mismatch',
      `net.nex:5:6: axis n appears twice; give one of them a prime (n')
   5 | data y[n, n]
     |      ^`,
    ],
    [
      'too few numbers',
      `c[class] = (1, 2)
output c`,
      'program.mismatch',
      `net.nex:5:12: 2 numbers for 3 entries of [class]
   5 | c[class] = (1, 2)
     |            ^^^^^^`,
    ],
    [
      'numbers on axes of unknown size',
      `c[batch] = (1, 2)
output c`,
      'program.mismatch',
      `net.nex:5:12: a constant needs axes whose sizes are numbers
   5 | c[batch] = (1, 2)
     |            ^^^^^^`,
    ],
    [
      'numbers without axes',
      `c = (1, 2)
output c`,
      'program.mismatch',
      `net.nex:5:5: a list of numbers without axes
   5 | c = (1, 2)
     |     ^^^^^^
name them: c[class] = (1, -1)`,
    ],
    [
      'numbers within a formula',
      'output h = x * (1, 2, 3)',
      'program.mismatch',
      `net.nex:5:16: a list of numbers within a formula
   5 | output h = x * (1, 2, 3)
     |                ^^^^^^^^^
give it a name and axes on a line of its own: c[class] = (1, -1)`,
    ],
    [
      'a copy along an axis that is there',
      'output h = x along [n]',
      'program.mismatch',
      `net.nex:5:12: "x"[batch, n] already has axis n
   5 | output h = x along [n]
     |            ^^^^^^^^^^^`,
    ],
    [
      'a renaming to another size',
      'output h = x as [n -> wide]',
      'program.mismatch',
      `net.nex:5:12: axis n of size n cannot become wide of size 4 n
   5 | output h = x as [n -> wide]
     |            ^^^^^^^^^^^^^^^^`,
    ],
    [
      'an operand outside of the list',
      'output h = map[x](tanh(i))',
      'program.mismatch',
      `net.nex:5:24: a map with a list of operands reads those alone
   5 | output h = map[x](tanh(i))
     |                        ^
the operands are x`,
    ],
    [
      'a position outside of the list',
      'output h = map[x](tanh($2))',
      'program.mismatch',
      `net.nex:5:24: no such operand
   5 | output h = map[x](tanh($2))
     |                        ^^
the map has 1 operand`,
    ],
    [
      'a position outside of a map',
      'output h = $1',
      'program.mismatch',
      `net.nex:5:12: no such operand
   5 | output h = $1
     |            ^^
it names an operand of map[…](…)`,
    ],
    [
      'avg of no width',
      'output h = avg(avg(x))',
      'program.mismatch',
      `net.nex:5:12: avg of a value with axes [batch], none of a width
   5 | output h = avg(avg(x))
     |            ^^^^^^^^^^^
avg is the mean over all width axes; for fixed axes write mean[axis](…)`,
    ],
    [
      'a copy that is not clear',
      `y = x outer x[n']
output h = y[n']`,
      'program.mismatch',
      `net.nex:6:12: [n'] does not say how to copy the axes [batch, n, n']
   6 | output h = y[n']
     |            ^^^^^
name as many axes of a space as the value has, in its order, or write x as [n -> n', …]`,
    ],
  ],
  'products without axes': [
    [
      'no axis to sum over',
      `initial W[wide, wide']
output h = W @ x`,
      'program.mismatch',
      `net.nex:6:16: the product sums over wide' and needs one axis of wide on the right, given [batch, n]
   6 | output h = W @ x
     |                ^
name the axes to sum over: x @[axis] W`,
    ],
    [
      'several axes to sum over',
      `initial W[n, n']
output h = W @ W`,
      'program.mismatch',
      `net.nex:6:16: the product sums over n' and needs one axis of n on the right, given [n, n']
   6 | output h = W @ W
     |                ^
name the axes to sum over: x @[axis] W`,
    ],
    [
      'too many widths',
      `initial W[n, n', n'']
output h = W @ x`,
      'program.mismatch',
      `net.nex:6:12: a value with axes [n, n', n''] is not read as a matrix
   6 | output h = W @ x
     |            ^
a matrix has two width axes, or two axes at all; name the axes to sum over: x @[axis] W`,
    ],
    [
      'a transpose that is none',
      `initial W[batch, class, n]
output h = W^T @ x`,
      'program.mismatch',
      `net.nex:6:12: a value with axes [batch, class, n] is not read as a matrix
   6 | output h = W^T @ x
     |            ^^^
a matrix has two width axes, or two axes at all; name the axes to sum over: x @[axis] W`,
    ],
    [
      'a scalar',
      'output h = avg(x)[batch = 0] @ x',
      'program.mismatch',
      `net.nex:5:12: a value with axes [] is not read as a matrix
   5 | output h = avg(x)[batch = 0] @ x
     |            ^^^^^^^^^^^^^^^^^
a matrix has two width axes, or two axes at all; name the axes to sum over: x @[axis] W`,
    ],
    [
      'a transpose by itself',
      `initial W[n, n']
output h = Wᵀ`,
      'program.mismatch',
      `net.nex:6:12: a transpose outside of a product
   6 | output h = Wᵀ
     |            ^^
it stands to the left of a product without axes: W^T @ x`,
    ],
    [
      'a transpose in a formula',
      `initial W[n, n']
output h = W^T * 2`,
      'program.mismatch',
      `net.nex:6:14: a transpose outside of a product
   6 | output h = W^T * 2
     |              ^
it stands to the left of a product without axes: W^T @ x`,
    ],
  ],
  'the program as a whole': [
    [
      'a value that no output depends on',
      `h = tanh(x)
g = 2 * h
output x`,
      'program.unused-value',
      `net.nex:6:1: no output depends on "g"
   6 | g = 2 * h
     | ^
use it, remove it, or begin its line with "keep"`,
    ],
    [
      'no output',
      'keep h = tanh(x)',
      'program.no-outputs',
      `net.nex:5:16: the program ends without an output
   5 | keep h = tanh(x)
     |                ^
add a line such as "output f", or "no outputs" if none is meant`,
    ],
    [
      'outputs denied',
      `no outputs
output x`,
      'program.no-outputs',
      `net.nex:5:1: "no outputs" in a program with outputs
   5 | no outputs
     | ^^^^^^^^^^
remove this line`,
    ],
    [
      'a state that is not written',
      `state s[n]
output s`,
      'program.state',
      `net.nex:5:7: state "s" is read but never written
   5 | state s[n]
     |       ^
add a line "next state s = …"`,
    ],
    [
      'a state that is not read',
      `state s[n]
next state s
next state t = x`,
      'program.state',
      `net.nex:7:12: state "t" is written but never read
   7 | next state t = x
     |            ^
expected one of: s`,
    ],
    [
      'a state that changes its axes',
      `state s[n]
next state s = x`,
      'program.state',
      `net.nex:6:12: state "s" has axes [n] and becomes [batch, n]
   6 | next state s = x
     |            ^
a state keeps its axes`,
    ],
  ],
};

describe.each(Object.entries(wrong))('%s', (_, list) => {
  test.each(list)('%s', (_what, lines, code, message) => {
    const error = errorOf(HEAD + lines, 'net.nex');
    expect(error.message).toBe(message);
    expect(error.code).toBe(code);
  });
});

test('the data of an error say where, and what is known', () => {
  const { data, kind } = errorOf(`${HEAD}output h = avg(x * xx)`, 'net.nex');
  expect(kind).toBe('user');
  expect(data).toMatchObject({
    source: 'net.nex',
    line: 5,
    column: 20,
    length: 2,
    problem: 'unknown value "xx"',
    hint: 'expected one of: x, i (did you mean "x"?)',
    name: 'xx',
    known: ['x', 'i'],
  });
});

test('a text without a name', () => {
  expect(errorOf('output f').message).toBe(`line 1, column 8: unknown value "f"
   1 | output f
     |        ^
there is none so far`);
});

test.each([
  ['nothing', ''],
  ['blanks', '  \n\t\r\n'],
  ['comments', '# one\n  # two'],
  ['a title', 'program empty'],
])('an empty file: %s', (_, text) => {
  const error = errorOf(text, 'empty.nex');
  expect(error.code).toBe('program.empty');
  expect(error.message).toBe(`empty.nex:1:1: no line declares or computes anything
   1 | ${text.split('\n')[0] ?? ''}
     | ^
expected at least an output, such as "output f = avg(v * v)" with "width n" and "initial v[n]" above`);
});

describe('where', () => {
  test('a formula over several lines ends with its first', () => {
    expect(errorOf('width n\ndata x[n]\noutput f = sum[\n  n\n](\n  avg(x)\n)', 'net.nex').message).toBe(
      `net.nex:3:12: "avg(x)"[] has no axis n
   3 | output f = sum[
     |            ^^^^`,
    );
  });

  test('an open bracket of an earlier line', () => {
    expect(errorOf('width n\ndata x[n]\ny = tanh(x\noutput y', 'net.nex').message).toBe(
      `net.nex:4:1: unexpected "output"
   4 | output y
     | ^^^^^^
expected an operator, "," or ")" to close "(" of line 3`,
    );
  });

  test('tabs, line ends of Windows, byte order marks', () => {
    expect(errorOf('\uFEFFdata x\r\n\toutput\tf\r\n', 'net.nex').message).toBe(
      `net.nex:2:9: unknown value "f"
   2 |  output f
     |         ^
expected one of: x`,
    );
  });

  test('a long line around the place', () => {
    const sum = (count: number): string => Array.from({ length: count }, () => 'x').join(' + ');
    expect(errorOf(`data x\noutput f = ${sum(60)} + y + ${sum(60)}`, 'net.nex').message).toBe(
      `net.nex:2:252: unknown value "y"
   2 | …${'x + '.repeat(10)}y + ${sum(60).slice(0, 56)}…
     |  ${' '.repeat(40)}^
expected one of: x`,
    );
  });

  test('long names and texts of earlier formulas are cut', () => {
    const name = 'a'.repeat(200);
    expect(errorOf(`data x\noutput f = ${name}`).message).toContain(`unknown value "${'a'.repeat(60)}…"\n`);
    const formula = 'tanh(x + x + x + x + x + x + x + x + x + x + x + x + x + x)';
    expect(errorOf(`width n\ndata x[n]\noutput f = sum[n'](${formula})`).message).toContain(
      `: "${formula.slice(0, 40)}…"[n] has no axis n'\n`,
    );
  });

  test('many names are not all listed', () => {
    const lines = Array.from({ length: 30 }, (_, k) => `data input${k}`).join('\n');
    expect(errorOf(`${lines}\noutput f = inptu7`).message).toContain(
      'expected one of: input0, input1, input2, input3, input4, input5, input6, input7, input8, input9, input10, input11, ' +
        '… (18 more) (did you mean "input7"?)',
    );
  });

  test('a message made by hand', () => {
    const place = { line: 12, column: 3, length: 2, text: '  ab cd' };
    expect(locate(place, 'net.nex', 'wrong', 'right')).toBe(`net.nex:12:3: wrong
  12 |   ab cd
     |   ^^
right`);
    expect(locate(place, undefined, 'wrong')).toBe(`line 12, column 3: wrong
  12 |   ab cd
     |   ^^`);
  });
});

test('every value has a place: its formula, or the name that declares it', () => {
  const { program, places } = parseWithPlaces(`program net
    width n
    initial x[n]
    parameter b[n]
    y[n] = tanh(x) + (
      avg(b)
    )
    output f = avg(y)`);
  expect([...places.keys()].sort()).toEqual(program.nodes.map(({ name }) => name).sort());
  const shown = (name: string): string => {
    const { line, column, length, text } = places.get(name) ?? { line: 0, column: 1, length: 0, text: '' };
    return `${line}: ${text.slice(column - 1, column - 1 + length)}`;
  };
  expect(Object.fromEntries([...places.keys()].map((name) => [name, shown(name)]))).toEqual({
    x: '3: x',
    b: '4: b',
    v1: '6: b',
    v2: '6: b',
    v3: '5: (',
    y: '5: tanh(x) + (',
    f: '8: avg(y)',
  });
});

describe('noise is refused where it begins', () => {
  const TEN_MILLION = 1e7;
  const lines = 'width n\ndata x[n]\n';
  const repeat = (text: string): string => text.repeat(Math.ceil(TEN_MILLION / text.length));
  const bytes = (): string => {
    let state = 1;
    const codes = new Uint8Array(TEN_MILLION);
    for (let k = 0; k < codes.length; k++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      codes[k] = state >>> 24;
    }
    return Buffer.from(codes).toString('latin1');
  };

  test.each([
    ['bytes', bytes, 'unexpected'],
    ['bytes below a program', () => `${lines}output x\n${bytes()}`, 'unexpected'],
    ['one letter', () => repeat('a'), 'unexpected end of the text'],
    ['words', () => repeat('word '), 'unexpected "word"'],
    ['lines', () => repeat('word\n'), 'unexpected end of the line'],
    ['a name', () => `${lines}output f = ${repeat('a')}`, 'unknown value'],
    ['digits', () => `${lines}output f = ${repeat('1')}`, 'the number is too large'],
    ['a quote', () => `${lines}output f = "${repeat('a')}`, 'the quote is not closed'],
    ['quotes', () => repeat('"'), 'unexpected'],
    ['a comment', () => `#${repeat('a')}`, 'no line declares'],
    ['empty lines', () => repeat('\n \n'), 'no line declares'],
    ['parentheses', () => `${lines}output f = ${repeat('(')}`, 'the formula is nested more than 500 deep'],
    ['brackets', () => `${lines}output f = ${repeat('x[n = ')}`, 'the formula is nested more than 500 deep'],
    ['minus signs', () => `${lines}output f = ${repeat('-')}`, 'the formula is nested more than 500 deep'],
    ['powers', () => `${lines}output f = ${repeat('x ^ ')}`, 'the formula is nested more than 500 deep'],
    ['a sum', () => `${lines}output f = ${repeat('x + ')}x`, 'the formula has more than 1000 operations in a row'],
    ['operands', () => `${lines}output f = softmax[n](${repeat('x, ')}x)`, 'the formula has more than 20000 parts'],
    ['axes', () => `${lines}output f = sum[${repeat('n, ')}n](x)`, 'the list has more than 1000 names'],
    ['renamings', () => `${lines}output f = x as [${repeat("n -> n', ")}]`, 'the list has more than 1000 names'],
    ['powers of a law', () => `${lines}initial w ~ normal(${repeat('|n| ')})`, 'the list has more than 1000 names'],
    ['attributes', () => `${lines}output f = softmax[n](x, ${repeat('a = 1, ')})`, 'the attribute "a" is given twice'],
    ['spaces', () => `fixed ${repeat('a, ')}a`, 'the list has more than 1000 names'],
  ])('10 MB of %s', (_, text, problem) => {
    const { message, data } = errorOf(text());
    expect(data.problem).toContain(problem);
    expect(message.length).toBeLessThan(1000);
  });
});

describe('deep formulas', () => {
  const nested = (open: string, close: string, depth: number): string =>
    `width n\ndata x[n]\nparameter W[n, n']\noutput f = ${open.repeat(depth)}x${close.repeat(depth)}`;

  test.each([
    ['(', ')'],
    ['tanh(', ')'],
    ['max(x, ', ')'],
    ['softmax[n](', ')'],
    ['(x[n] * ', ')[n]'],
    ['-', ''],
  ])('%s within itself, as deep as may be and deeper', (open, close) => {
    expect(parseProgram(nested(open, close, 240)).outputs).toHaveLength(1);
    expect(errorOf(nested(open, close, 100_000)).data.problem).toBe('the formula is nested more than 500 deep');
  });

  test('a long sum', () => {
    const sum = (count: number): string => `data x\noutput f = ${Array.from({ length: count }, () => 'x').join(' + ')}`;
    expect(parseProgram(sum(1000)).outputs).toHaveLength(1);
    expect(errorOf(sum(1001)).data.problem).toBe('the formula has more than 1000 operations in a row');
  });
});

test('thousands of lines', () => {
  const lines = Array.from({ length: 5000 }, (_, k) => `h${k + 1} = tanh(W @ h${k}) + h${k}`);
  const program = parseProgram(
    ["width n\ninitial W[n, n'] ~ normal(|n|^-0.5)\ninitial h0[n]", ...lines, 'output f = avg(h5000)'].join('\n'),
  );
  // A renaming, a contraction and a map for each.
  expect(program.nodes).toHaveLength(2 + 3 * 5000 + 1);
});

describe('names that every object has', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('%s is refused for everything', (name) => {
    for (const text of [
      `data ${name}\noutput f = ${name}`,
      `data x\n${name} = x\noutput f = ${name}`,
      `data x\noutput ${name} = x * x`,
      `fixed ${name} = 2\ndata x[${name}]\noutput f = sum[${name}](x)`,
      `state ${name} ~ 0\nnext state ${name} = ${name} + 1`,
    ]) {
      expect(errorOf(text)).toMatchObject({ code: 'program.reserved-name', data: { name } });
    }
  });
});

describe('what is too large', () => {
  test('programs, told in time', () => {
    const lines = Array.from({ length: 100_000 }, (_, k) => `x${k + 1} = x${k} + 1`).join('\n');
    expect(errorOf(`data x0\n${lines}\noutput f = x100000`).data.problem).toBe(
      'a program of more than 20000 statements',
    );
  });

  test('sizes that are no whole numbers', () => {
    expect(errorOf('fixed k = 2.5\ndata x[k]\noutput f = sum[k](x)').message).toContain('expected a whole number');
  });
});
