/**
 * The files of LM-BFF's draws, task by task: which columns hold what, and what their labels mean. Columns and headers
 * are those of its processors (`src/processors.py` of github.com/princeton-nlp/LM-BFF and LM-Kernel-FT), the meanings
 * of numbers those of the label words in `run_fewshot.sh`. Both agree with published draws of all tasks but sst-5, mr, cr
 * and ag_news, of which there were none to look at.
 */

/** The columns of one task's files. */
export interface Layout {
  /** The task's name there. */
  readonly name: string;
  /** Tables without header and with quoting, or GLUE's lines of fields separated by tabs, without quoting. */
  readonly extension: 'csv' | 'tsv';
  readonly header: boolean;
  /** Column of the label, from 0, or the last one: natural-language inference lists a varying number of votes before. */
  readonly label: number | 'last';
  /** Columns of the texts. */
  readonly texts: readonly [number] | readonly [number, number];
  /** What stands for each label, by its name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the files without extension, where they are not train, dev and test. */
  readonly files?: { readonly dev: string; readonly test: string };
}

const SENTENCES = { extension: 'csv', header: false, label: 0, texts: [1] } as const;
const SENTIMENT = { negative: '0', positive: '1' };
const GLUE = { extension: 'tsv', header: true } as const;
const THREE_WAY = { contradiction: 'contradiction', entailment: 'entailment', neutral: 'neutral' };
const TWO_WAY = { entailment: 'entailment', not_entailment: 'not_entailment' };

/** The layouts by our names of the tasks. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'sst-2': { ...GLUE, name: 'SST-2', label: 1, texts: [0], labels: SENTIMENT },
  'sst-5': {
    ...SENTENCES,
    name: 'sst-5',
    labels: { 'very negative': '0', negative: '1', neutral: '2', positive: '3', 'very positive': '4' },
  },
  mr: { ...SENTENCES, name: 'mr', labels: SENTIMENT },
  cr: { ...SENTENCES, name: 'cr', labels: SENTIMENT },
  mpqa: { ...SENTENCES, name: 'mpqa', labels: SENTIMENT },
  subj: { ...SENTENCES, name: 'subj', labels: { subjective: '0', objective: '1' } },
  trec: {
    ...SENTENCES,
    name: 'trec',
    labels: { description: '0', entity: '1', abbreviation: '2', human: '3', location: '4', numeric: '5' },
  },
  // Label, headline, description; the prompt has the description.
  ag_news: {
    ...SENTENCES,
    name: 'ag_news',
    texts: [2],
    labels: { World: '1', Sports: '2', Business: '3', 'Sci/Tech': '4' },
  },
  mnli: {
    ...GLUE,
    name: 'MNLI',
    label: 'last',
    texts: [8, 9],
    labels: THREE_WAY,
    files: { dev: 'dev_matched', test: 'test_matched' },
  },
  snli: { ...GLUE, name: 'SNLI', label: 'last', texts: [7, 8], labels: THREE_WAY },
  qnli: { ...GLUE, name: 'QNLI', label: 'last', texts: [1, 2], labels: TWO_WAY },
  rte: { ...GLUE, name: 'RTE', label: 'last', texts: [1, 2], labels: TWO_WAY },
  mrpc: { ...GLUE, name: 'MRPC', label: 0, texts: [3, 4], labels: { not_equivalent: '0', equivalent: '1' } },
  qqp: { ...GLUE, name: 'QQP', label: 5, texts: [3, 4], labels: { not_duplicate: '0', duplicate: '1' } },
  cola: {
    ...GLUE,
    header: false,
    name: 'CoLA',
    label: 1,
    texts: [3],
    labels: { unacceptable: '0', acceptable: '1' },
  },
};
