/** Wording of the errors of this room. */

import { InvariantError, UnsupportedError, UserError } from '../errors/index.ts';

export function badDepth(net: string, given: number): UserError {
  return new UserError(
    'nets.bad-depth',
    `${net}: the depth is the number of hidden layers, 1 or more, but ${given} was given.`,
    {
      net,
      given,
    },
  );
}

/** A size of an architecture that is no whole number from 1 on. */
export function badCount(net: string, option: string, meaning: string, given: number): UserError {
  return new UserError(
    'nets.bad-count',
    `${net}: ${option} is ${meaning}, a whole number from 1 on, but ${given} was given.`,
    { net, option, given },
  );
}

/** A name that is not among the choices. */
export function badChoice(net: string, option: string, given: string, known: readonly string[]): UserError {
  const names = known.map((name) => `"${name}"`).join(' or ');
  return new UserError('nets.bad-choice', `${net}: ${option} is ${names}, but "${given}" was given.`, {
    net,
    option,
    given,
    known,
  });
}

export function badMultiplier(net: string, given: number): UserError {
  return new UserError('nets.bad-multiplier', `${net}: multiplier is a positive number, but ${given} was given.`, {
    net,
    given,
  });
}

/** Data of a convolutional network on neither one axis nor two. */
export function badImage(size: readonly number[]): UserError {
  return new UserError(
    'nets.bad-image',
    `cnn: size is [length] of series or [rows, columns] of images, but [${size.join(', ')}] was given.`,
    { size },
  );
}

export function badPadding(given: number, kernel: number): UserError {
  const most = kernel - 1;
  return new UserError(
    'nets.bad-padding',
    `cnn: padding is "same", "valid" or a number of zeros from 0 to ${most}, fewer than the ${kernel} places of a window, ` +
      `but ${given} was given.`,
    { given, kernel },
  );
}

/** A window that is longer than what is left of an axis. */
export function lostImage(axis: string, length: number, layer: number): UserError {
  return new UserError(
    'nets.lost-image',
    `cnn: at layer ${layer} the axis "${axis}" has ${length} ${length === 1 ? 'place' : 'places'} left, fewer than a ` +
      'window; take fewer layers, smaller strides or windows, or padding "same".',
    { axis, length, layer },
  );
}

/** Parameters without a kind, and kinds without a parameter. */
export function badKinds(net: string, missing: readonly string[], unknown: readonly string[]): UserError {
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
  const problems = [
    ...(missing.length > 0 ? [`no kind is given of ${quoted(missing)}`] : []),
    ...(unknown.length > 0 ? [`there is no parameter ${quoted(unknown)}`] : []),
  ];
  return new UserError(
    'nets.kinds',
    `${net}: kinds are given of each of its parameters and of nothing else, but ${problems.join(', and ')}. A kind is ` +
      '"matrix", "vector", "readout" or "scalar".',
    { net, missing, unknown },
  );
}

/** A setting that a network cannot be made without. */
export function missingSetting(net: string, setting: string): UserError {
  return new UserError('nets.missing-setting', `${net}: the setting ${setting} is not given; expected one.`, {
    net,
    setting,
  });
}

/** A parameter of a checkpoint whose size is a symbol. */
export function lateSize(parameter: string, axis: string): InvariantError {
  return new InvariantError('nets.late-size', `The size of axis ${axis} of "${parameter}" is not a number.`, {
    parameter,
    axis,
  });
}

/** Names of dense layers that the network does not have. */
export function unknownLayers(unknown: readonly string[], known: readonly string[]): UserError {
  return new UserError(
    'nets.unknown-layers',
    `The model has no dense layer ${unknown.map((name) => `"${name}"`).join(', ')} to put a change of low rank beside; it has ` +
      `${known.join(', ')}. Name some of these.`,
    { unknown, known },
  );
}

/** A change of low rank whose rank is not below the matrix's own. */
export function badRank(layer: string, rank: number, rows: number, columns: number): UserError {
  const most = Math.min(rows, columns);
  return new UserError(
    'nets.bad-rank',
    `The weight of "${layer}" is ${rows} × ${columns}, and a change of it was given rank ${rank}: expected a whole number from 1 to ` +
      `${most}, the rank of the weight itself. Give a rank of at most ${most}.`,
    { layer, rank, rows, columns },
  );
}

/** A head on the first token, of which a decoder makes nothing that knows the text. */
export function noClassifier(net: string): UnsupportedError {
  return new UnsupportedError(
    'nets.no-classifier',
    `A head on the first token of a ${net} was asked for, which sees no token behind it; supported is the head of the language ` +
      'model, which reads the last token. Use a prompt.',
    { net },
  );
}

/** Coordinates of a head that positions cannot turn in pairs. */
export function badHeadSize(given: number): UserError {
  return new UserError(
    'nets.bad-count',
    `transformer: headSize is the number of coordinates of a head, an even number from 2 on, but ${given} was given.`,
    { net: 'transformer', option: 'headSize', given },
  );
}
