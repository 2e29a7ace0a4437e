/** What the runs page holds: the files that were opened. They stay in the page. */

import { signal } from '@preact/signals';
import { type DrawKernel, readKernels } from './kernels.ts';
import { type Result, readResult } from './results.ts';

/** More than a page should read into memory. */
const MOST_BYTES = 128 * 2 ** 20;

export class RunsSession {
  readonly results = signal<readonly { readonly file: string; readonly result: Result }[]>([]);
  readonly kernels = signal<readonly DrawKernel[]>([]);
  readonly problems = signal<readonly string[]>([]);
  readonly chosen = signal('');
  readonly ordered = signal(true);

  /** Opens files of runs, whatever they are; each that cannot be read is told. */
  async open(files: readonly File[]): Promise<void> {
    const problems: string[] = [];
    const results: { readonly file: string; readonly result: Result }[] = [];
    let kernels: readonly DrawKernel[] = [];
    for (const file of files) {
      try {
        if (file.size > MOST_BYTES)
          throw new Error(
            `It has ${Math.round(file.size / 2 ** 20)} MB; a page reads up to ${MOST_BYTES / 2 ** 20}. The run’s report.html shows it.`,
          );
        if (/\.safetensors$/i.test(file.name))
          kernels = readKernels(new Uint8Array(await file.arrayBuffer()), file.name);
        else if (/\.json$/i.test(file.name))
          results.push({ file: file.name, result: readResult(parsed(await file.text())) });
        else if (/\.npz$/i.test(file.name))
          throw new Error('The same arrays are in kernels.safetensors beside it, which this page reads.');
        else if (!/^report\.html$|\.lock$/i.test(file.name))
          throw new Error('Expected run.json, kernels.safetensors, or what a command printed with --json, as .json.');
      } catch (error) {
        problems.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.problems.value = problems;
    if (results.length > 0) this.results.value = results;
    if (kernels.length > 0) {
      this.kernels.value = kernels;
      this.chosen.value = kernels[0]?.name ?? '';
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`It is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
