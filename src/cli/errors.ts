/** Words of the errors of commands whose options do not go together. */

import { NexortError, UserError } from '../errors/index.ts';
import { likely, type WideEncoding } from '../errors/wording/index.ts';
import { unaryFunctions } from '../program/index.ts';

/** `nexort predict` without texts, or with two sources of them. */
export function oneSourceOfTexts(both: boolean): UserError {
  return new UserError(
    'cli.one-source-of-texts',
    `${both ? '--text and --file are both given; expected one of them' : 'There is nothing to classify; expected --text or --file'}. Give --text "…" once for each text, or a file of texts with --file.`,
  );
}

/** Second texts beside a file, which has a column for them. */
export function secondTextBesideFile(): UserError {
  return new UserError(
    'cli.second-text-beside-file',
    '--text2 is given with --file; expected the second texts in the file. Put them into its column "text2".',
  );
}

/** Another number of second texts than of first ones. */
export function unevenTexts(task: string, pair: boolean, texts: number, seconds: number): UserError {
  const message = pair
    ? `Task '${task}' compares two texts, and --text is given ${times(texts)}, --text2 ${times(seconds)}; expected as many. Give --text "…" --text2 "…" for each pair.`
    : `--text2 is given, and task '${task}' takes one text. Leave it out.`;
  return new UserError('cli.uneven-texts', message, { task, texts, seconds });
}

function times(number: number): string {
  if (number === 0) return 'not at all';
  return number === 1 ? 'once' : `${number} times`;
}

/** Values of labels for data that is embedded. */
export function labelsWithoutData(): UserError {
  return new UserError(
    'cli.labels-without-data',
    '--labels is given without --data, and the embedded data has its labels by name. Leave it out, or give your data.',
  );
}

/** Settings of LoRA behind a choice of parameters. */
export function badLoraChoice(choice: string): UserError {
  return new UserError(
    'cli.bad-lora-choice',
    `--params ${choice} has settings of LoRA that cannot be read; expected a rank, alpha or both, such as lora:r=8 or lora:r=8,alpha=16. Correct them, or give --params lora with --lora-rank and --lora-alpha.`,
    { choice },
  );
}

// Files

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTSUP: 'no folders can be made there',
  ELOOP: 'a symbolic link in its path leads back to itself',
  ESPIPE: 'it is a pipe or a device, whose end may never come; expected what it gives saved as a file',
  ENXIO: 'it is a pipe or a device',
  ENAMETOOLONG: 'its name is too long',
};

/** What the system says, or an error of ours about it. */
export function reasonOf(cause: unknown): string {
  const code =
    cause instanceof NexortError ? cause.data.cause : cause instanceof Error && 'code' in cause && cause.code;
  return FAILURES[String(code)] ?? (cause instanceof Error ? cause.message : String(cause));
}

/** A file that cannot be read; `near` are files of like names beside it. */
export function unreadableFile(path: string, expected: string, cause: unknown, near: readonly string[]): UserError {
  const hint = near.length === 0 ? 'Check the path.' : `Beside it is ${near.join(', ')}.`;
  return new UserError(
    'cli.unreadable-file',
    `'${path}' cannot be read: ${reasonOf(cause)}; expected ${expected}. ${hint}`,
    { path, near },
  );
}

/** Bytes that are no text. */
export function notUtf8(path: string, expected: string, wide?: WideEncoding): UserError {
  const command = wide?.command;
  return new UserError(
    'cli.not-utf8',
    `'${path}' is not UTF-8 text${wide === undefined ? '' : ` but ${wide.words}`}; expected ${expected}. Save it with the encoding UTF-8${command === undefined ? '' : `, or convert it (${command})`}.`,
    { path },
  );
}

/** A figure that cannot be written. */
export function unwritableFigure(path: string, cause: unknown): UserError {
  return new UserError(
    'cli.unwritable-figure',
    `The figure '${path}' cannot be written: ${reasonOf(cause)}. Give another file with --plot.`,
    { path },
  );
}

/** A figure under a name that is not one of a figure. */
export function notSvg(path: string): UserError {
  return new UserError(
    'cli.not-svg',
    `--plot is given '${path}'; figures are SVG files, so expected a name that ends in .svg.`,
    { path },
  );
}

/** A report that cannot be written. */
export function unwritableReport(path: string, cause: unknown, option = 'report'): UserError {
  return new UserError(
    'cli.unwritable-report',
    `The ${option === 'report' ? 'report' : 'page'} '${path}' cannot be written: ${reasonOf(cause)}. Give another file with --${option}.`,
    { path },
  );
}

/** A report under a name that is not one of a page. */
export function notHtml(path: string, option = 'report'): UserError {
  return new UserError(
    'cli.not-html',
    `--${option} is given '${path}'; ${option === 'report' ? 'reports' : 'pages'} are HTML files, so expected a name that ends in .html.`,
    { path },
  );
}

/** A figure in the place of the program. */
export function figureOverProgram(path: string): UserError {
  return new UserError(
    'cli.figure-over-program',
    `The figure would take the place of the program '${path}'. Give another file with --plot.`,
    { path },
  );
}

/** The process that checks has ended without a word: stopped from outside, or by the system for want of memory. */
export function checkProcessEnded(how: string): UserError {
  return new UserError(
    'cli.check-process-ended',
    `The process that runs the check has ended with ${how}. Unless you ended it, memory may have run out: give smaller --widths, fewer --samples, or less --memory.`,
    { how },
  );
}

/** A file that is no JSON; the message shows where. */
export function malformedJson(message: string): UserError {
  return new UserError('cli.malformed-json', message, {});
}

/** An unknown way to clip updates. */
export function unknownClipping(given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  return new UserError(
    'cli.unknown-clipping',
    `--clip is given '${given}'; expected one of ${known.join(', ')}.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    { given, known },
  );
}

// Inputs of programs

/** Sizes for names that are not symbols of the program. */
export function unknownSizes(
  program: string,
  given: readonly string[],
  known: readonly string[],
  width: string | undefined,
): UserError {
  const expected = known.length === 0 ? 'it leaves none open' : `it leaves open ${known.join(', ')}`;
  const hint = width !== undefined && given.includes(width) ? ` Give sizes of the width ${width} with --widths.` : '';
  return new UserError(
    'cli.unknown-sizes',
    `--size gives ${given.join(', ')}; expected sizes that program "${program}" leaves open, and ${expected}.${hint}`,
    { program, given, known },
  );
}

/** Sizes that neither an option nor data fix. */
export function missingSizes(program: string, missing: readonly string[]): UserError {
  const sizes = missing.map((symbol) => `${symbol}=4`).join(',');
  return new UserError(
    'cli.missing-sizes',
    `program "${program}" leaves the size of ${missing.join(', ')} open; expected numbers. Give them with --size ${sizes}, or write them into the program.`,
    { program, missing },
  );
}

/** A name that is neither a folder nor one of the hub. */
export function notAModel(given: string): UserError {
  return new UserError(
    'cli.not-a-model',
    `--model is given '${given}', which is no folder here; expected a checkpoint folder, or a model of the hub as its page names it, ORG/NAME, such as FacebookAI/roberta-base. Check the path, or give the whole name.`,
    { given },
  );
}

/** A `--data` file that is no JSON object. */
export function malformedData(path: string, problem: string): UserError {
  return new UserError(
    'cli.malformed-data',
    `'${path}' is not the data of a program: ${problem}; expected one JSON object with nested arrays of numbers by the names of inputs, as in {"x": [[0.5, -1], [2, 0]]}.`,
    { path },
  );
}

/** Everything in a `--data` file that does not fit the program's inputs. */
export function badData(path: string, problems: readonly string[]): UserError {
  return new UserError(
    'cli.bad-data',
    `the data in '${path}' do not fit the program:${problems.map((problem) => `\n  - ${problem}`).join('')}`,
    { path, problems },
  );
}

/** Inputs that have neither a law nor numbers; each message already says where. */
export function inputsWithoutNumbers(messages: readonly string[]): UserError {
  return new UserError('cli.inputs-without-numbers', messages.join('\n'), {});
}

export function unknownNet(
  given: string,
  known: readonly string[],
  purpose: 'check' | 'train' | 'compute kernels of' = 'check',
): UserError {
  return new UserError(
    'cli.unknown-net',
    `there is no network "${given}" to ${purpose}; expected one of: ${known.join(', ')}.`,
    {
      given,
      known,
    },
  );
}

export function unknownActivation(given: string): UserError {
  const near = likely(given, Object.keys(unaryFunctions));
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError('cli.unknown-activation', `there is no function "${given}" of one variable.${hint}`, { given });
}

/** An option that is given and would have no effect. */
export function idleOption(option: string, reason: string): UserError {
  return new UserError('cli.idle-option', `${option} has no effect: ${reason}. Leave it out.`, { option });
}

/** Widths some of which heads cannot share evenly. */
export function headsThatDoNotDivide(
  option: '--width' | '--widths',
  widths: readonly number[],
  heads: number,
): UserError {
  const bad = widths.filter((width) => width % heads !== 0);
  const below = widths.map((width) => Math.max(1, Math.floor(width / heads)) * heads);
  const other = option === '--width' ? ', or another number of --heads' : '';
  return new UserError(
    'cli.heads',
    `${option} ${bad.join(',')} cannot be shared by ${heads} attention heads; expected multiples of ${heads}. Give ${option} ${[...new Set(below)].join(',')}${other}.`,
    { option, widths, heads },
  );
}

/** Options of `nexort transfer` that contradict what is swept. */
export function notWhatIsSwept(option: string, sweep: string): UserError {
  const message =
    option === '--rates'
      ? `--rates are values of the learning rate, and --sweep is ${sweep}; expected --values. Give them with --values, and the one learning rate with --learning-rate.`
      : `--learning-rate is one rate for all networks, and the learning rate is what is swept; expected --rates alone. Leave it out, or sweep another hyperparameter with --sweep.`;
  return new UserError('cli.not-what-is-swept', message, { option, sweep });
}

/** Values given twice. */
export function valuesTwice(): UserError {
  return new UserError('cli.values-twice', '--rates and --values are both given; expected one of them.', {});
}

/** A network of images with data that are not images. */
export function netWithoutImages(net: string, data: string): UserError {
  return new UserError(
    'cli.net-without-images',
    `the network "${net}" reads images, and --data ${data} are not images; expected --data digits.`,
    { net, data },
  );
}

/** Pixels of data that are no images. */
export function pixelsWithoutImages(data: string): UserError {
  return new UserError(
    'cli.pixels-without-images',
    `--pixels is given with --data ${data}, which are no images; expected --data digits. Leave it out.`,
    { data },
  );
}

/** Unknown data of `nexort transfer`. */
export function unknownTransferData(given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError(
    'cli.unknown-transfer-data',
    `there are no data "${given}" to train on; expected one of: ${known.join(', ')}.${hint}`,
    { given, known },
  );
}

/** A hyperparameter that is swept and told at once. */
export function sweptAndSet(name: string): UserError {
  return new UserError(
    'cli.swept-and-set',
    `--optimizer sets ${name}, and --sweep sweeps it; set what stays, or sweep something else.`,
    { name },
  );
}

/** An optimizer that is not written as `name` or `name:setting=value`. */
export function badOptimizer(given: string): UserError {
  return new UserError(
    'cli.bad-optimizer',
    `--optimizer is given '${given}'; expected a name or a .json file with its settings, such as adam, adam:beta2=0.95,epsilon=1e-6, mine.json:beta=0.8, or an expression in gradient, such as 'tanh(4 * gradient)'. The learning rate is given with --learning-rate.`,
    { given },
  );
}

/** Data in place of a task, and data beside it. */
export function dataTwice(file: string, data: string): UserError {
  return new UserError(
    'cli.data-twice',
    `'${file}' is a data file and stands for the task, and --data names '${data}'; expected one of them. Leave --data out, or give a task.`,
    { file, data },
  );
}

/** Names of columns beside a task that is not made for a data file. */
export function columnsOfATask(
  task: string,
  named: readonly { readonly part: string; readonly name: string }[],
): UserError {
  const options = named.map(({ part }) => `--${part}`).join(' and ');
  const columns = named.map(({ part, name }) => `${part}=${name}`).join(',');
  return new UserError(
    'cli.columns-of-a-task',
    `${options} ${named.length > 1 ? 'are' : 'is'} for a data file in place of a task, and '${task}' is a task. Give the columns of its data by --columns ${columns}.`,
    { task, named },
  );
}

/** A part of --fix that is no setting with a value. */
export function badFix(part: string, expected: string): UserError {
  return new UserError('cli.bad-fix', `--fix has ${JSON.stringify(part)}; expected ${expected}.`, { part, expected });
}

export function fixTwice(name: string): UserError {
  return new UserError('cli.fix-twice', `--fix has ${name} twice. Give it once.`, { name });
}

/** A setting that the solver does not have. */
export function fixOfOtherSolver(name: string, solver: string, known: readonly string[]): UserError {
  const own = known.length === 0 ? `--solver ${solver} has none to fix` : `--solver ${solver} has ${known.join(', ')}`;
  return new UserError('cli.fix-of-other-solver', `--fix ${name} has no effect: ${own}. Leave it out.`, {
    name,
    solver,
    known,
  });
}

/** A learning rate that is given for an optimizer that is not asked for. */
export function rateOfNoOptimizer(name: string, known: readonly string[]): UserError {
  return new UserError(
    'cli.rate-of-no-optimizer',
    `--learning-rate has a rate for '${name}', but --optimizer asks for ${known.join(', ')}. Name one of these, or give one rate for all.`,
    { name, known },
  );
}
