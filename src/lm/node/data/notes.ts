/** What a reader of results should know about the examples. */

import { required } from '../../../errors/index.ts';
import { counted } from '../../../errors/wording/index.ts';
import type { ReadyDraws } from '../../data/draws.ts';
import { differentTexts, type Example, isEmpty, type Located, textKey } from '../../data/example.ts';
import type { ClassCount } from '../../data/runData.ts';
import type { Task } from '../../data/tasks.ts';
import { list, quoted } from '../../wording.ts';

/** Counts by label, in the task's order. */
export function classCounts(task: Task, train: readonly Example[], test: readonly Example[]): readonly ClassCount[] {
  return task.labels.map(({ name }) => {
    const ofLabel = (examples: readonly Example[]) => examples.filter(({ label }) => label === name).length;
    return { name, train: ofLabel(train), test: ofLabel(test) };
  });
}

/** On examples whose label says that they have none. */
export function notesOnUnlabeled(places: readonly string[]): string[] {
  if (places.length === 0) return [];
  const [first] = places;
  return [
    `${counted(places.length, 'example')} with -1 or null in place of a label, which stand for none, left out (the first: ${first})`,
  ];
}

/** On texts of a pool that stand in it more than once. */
export function notesOnCopies(pool: readonly Example[]): string[] {
  const copies = pool.length - differentTexts(pool).length;
  if (copies === 0) return [];
  const [once, again] = [new Set<string>(), new Set<string>()];
  for (const key of pool.map(textKey)) (once.has(key) ? again : once).add(key);
  const several = again.size;
  return [
    `${counted(several, 'text')} of the train examples ${several === 1 ? 'stands' : 'stand'} there more than once (${copies === 1 ? '1 copy' : `${copies} copies`}); each is drawn once at most`,
  ];
}

/** On test texts that are those of train examples but for letter case, and blanks at ends or several in place of one. */
export function notesOnNearCopies(train: readonly Example[], test: readonly Example[]): string[] {
  const plainText = (text: string) => text.toLowerCase().trim().replace(/\s+/gu, ' ');
  const plain = ({ text, text2 }: Example) => JSON.stringify([text, text2 ?? ''].map(plainText));
  const trained = new Set(train.map(plain));
  const near = test.filter((example) => trained.has(plain(example)));
  const [first] = near;
  if (first === undefined) return [];
  const which = near.length === 1 ? '' : 'the first is ';
  return [
    `${counted(near.length, 'test text')} ${near.length === 1 ? 'differs' : 'differ'} from train examples only in letter case or blanks: ${which}${quoted(first.text)}`,
  ];
}

/** On texts that have two labels or more; `consequence` says what becomes of them. */
export function notesOnContradictions(examples: readonly Located[], consequence: string): string[] {
  const byText = new Map<string, Located[]>();
  for (const located of examples) {
    const key = textKey(located.example);
    const group = byText.get(key);
    if (group === undefined) byText.set(key, [located]);
    else if (group.every(({ example }) => example.label !== located.example.label)) group.push(located);
  }
  const several = [...byText.values()].filter((group) => group.length > 1);
  const [first] = several;
  if (first === undefined) return [];
  const places = first.map(({ example, where }) => `${example.label}${where === '' ? '' : ` (${where})`}`);
  const text = quoted(required(first[0], 'example of a text').example.text);
  return [
    `${counted(several.length, 'text')} ${several.length === 1 ? 'stands' : 'stand'} under more than one label, ${consequence}: ${several.length === 1 ? '' : 'the first is '}${text} under ${places.join(' and ')}`,
  ];
}

/** On examples of draws made elsewhere that have no text. */
export function notesOnEmpty(located: readonly Located[]): string[] {
  const places = located.filter(({ example }) => isEmpty(example)).map(({ where }) => where);
  return places.length === 0 ? [] : [`${counted(places.length, 'example')} without text left out: ${list(places)}`];
}

/** On texts that stand on both sides of draws made elsewhere. */
export function notesOnShared(draws: ReadyDraws['draws'], test: readonly Located[]): string[] {
  const keysOf = (part: readonly Located[]) => new Set(part.map(({ example }) => textKey(example)));
  const both = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].filter((key) => b.has(key));
  const within = new Set(draws.flatMap(({ train, dev }) => both(keysOf(train), keysOf(dev))));
  const tested = new Set(both(keysOf(draws.flatMap(({ train }) => train)), keysOf(test)));
  return [
    ...(within.size === 0
      ? []
      : [`${counted(within.size, 'text')} in both the train and the dev part of some draw, kept as published`]),
    ...(tested.size === 0
      ? []
      : [
          `${counted(tested.size, 'text')} in the train part of some draw and among the test examples, kept as published`,
        ]),
  ];
}
