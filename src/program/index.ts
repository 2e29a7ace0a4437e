/** The language: programs as data, and how to build, check, print, bind, rewrite and differentiate them. */

export {
  type Axis,
  type Copies,
  copyOf,
  fixed,
  freshCopy,
  intersection,
  type Size,
  type Sizes,
  type Space,
  sameAxes,
  spaceOf,
  union,
  width,
  without,
} from './axes.ts';
export {
  Builder,
  build,
  constantLaw,
  gaussian,
  type Index,
  type ParameterOptions,
  rademacher,
  type Typed,
} from './builder.ts';
export { checked, problemsOf } from './check.ts';
export { differentiate } from './derivatives.ts';
export type { Mismatch } from './errors.ts';
export { evaluate } from './evaluate.ts';
export { expand } from './expand.ts';
export {
  absolute,
  compare,
  divided,
  type Exponent,
  type ExponentLike,
  equal,
  exponent,
  finite,
  HALF,
  isZeroPower,
  least,
  minus,
  most,
  NEVER,
  negated,
  ONE,
  parseExponent,
  plus,
  printExponent,
  printPower,
  raised,
  signOf,
  toNumber,
  ZERO,
  ZERO_POWER,
} from './exponent.ts';
export {
  add,
  argument,
  argumentsOf,
  type BinaryName,
  binaryValue,
  constant,
  div,
  type Expr,
  type ExprLike,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  readings,
  renumber,
  type SizePower,
  type SizePowerLike,
  sizePower,
  sizeProduct,
  sizesOf,
  square,
  sub,
  substitute,
  unary,
} from './expressions.ts';
export {
  denseGradients,
  densify,
  type GradientFactor,
  gradientName,
  type ProductFactor,
  type Reversed,
  type RowsFactor,
  summedAxes,
  type ZeroGradient,
} from './factors.ts';
export type { FlatGradient, FlatMap } from './flat.ts';
export { type ForwardOptions, forward, tangentName } from './forward.ts';
export {
  type Analysis,
  analyze,
  checkFragment,
  entryExponent,
  type Form,
  type FragmentReport,
  hasMatrix,
  isWideMatrix,
  linearParts,
  type MatrixTerm,
  type Note,
  normExponent,
  type OneWidth,
  preconditionedExponent,
  type Rule,
  type ScaledMap,
  scaleExpr,
  type Violation,
  withoutMaximum,
} from './fragment/index.ts';
export {
  eigenvectors,
  type FunctionName,
  hasDefinition,
  isMatrixFunction,
  type MatrixAlgebra,
  type MatrixFunctionName,
  matrixAxes,
  matrixFunctionOf,
  type NamedFunction,
  type NewtonSchulz,
  namedFunctions,
  newtonSchulzCall,
  preconditioningCall,
  type RotationName,
  type SymmetricAlgebra,
  symmetricAxes,
} from './functions/index.ts';
export {
  type Instruction,
  type InstructionOf,
  type Law,
  type Op,
  operands,
  type RandomLaw,
  type Ref,
  type Role,
  textKey,
  type ValueType,
  withOperands,
} from './instructions.ts';
export { offsets } from './offsets.ts';
export {
  feedsOf,
  type Node,
  type NodeOf,
  nodeOf,
  nodesOf,
  type Output,
  outputOf,
  type Program,
  readsOf,
} from './program.ts';
export { pushGathers } from './pushGathers.ts';
export {
  entriesBefore,
  placesOf,
  type Rearrangement,
  type Start,
  type StartLike,
} from './rearranging.ts';
export { cotangentName, type ReverseOptions, reverse, type Seed } from './reverse.ts';
export {
  copyInto,
  extend,
  type Moved,
  mapped,
  type RewriteOptions,
  type RewriteRule,
  rewrite,
} from './rewrite.ts';
export { simplify } from './simplify.ts';
export { bind, shapeOf, symbolsOf } from './sizes.ts';
export { type Split, splitAt } from './split.ts';
export { type Chain, chainParameters, compose, globalName, type Stage, valueName } from './stages.ts';
export {
  type Draw,
  dataAt,
  follow,
  followPhases,
  type Interpreter,
  isCarried,
  isHeld,
  type Phase,
  type Ran,
  type SizedRun,
  type StepData,
  type Stepper,
  statesOf,
  stepperOf,
  type TensorInterpreterOptions,
  type TensorState,
  tensorInterpreter,
} from './state.ts';
export {
  entries,
  indexTensor,
  reorder,
  strides,
  type Tensor,
  type TensorData,
  type Tensors,
  tensor,
} from './tensor.ts';
export type { PlacedProgram } from './text/elaborate.ts';
export { type ExpressionText, type ParsedExpression, parseExpression } from './text/parseExpression.ts';
export { parseProgram, parseWithPlaces } from './text/parseProgram.ts';
export { locate, type Place } from './text/place.ts';
export { printNode, printProgram } from './text/print.ts';
export { printExpr } from './text/printExpr.ts';
export { type LanguageWord, vocabulary, type WordKind } from './text/vocabulary.ts';
export { erf, GELU_TANH_CUBIC, GELU_TANH_SCALE, isUnaryName, type UnaryName, unaryFunctions } from './unary.ts';
export { filled, sourceOf, type Windowing, type WindowingLike, type WindowSizes, windowSizes } from './windowing.ts';
export { type Value, Writer } from './writer.ts';
