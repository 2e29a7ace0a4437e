import { availableParallelism } from 'node:os';
import { type LimitOptions, limitOfTraining } from '../../experiments/index.ts';
import { nodeEngine, nodeRuntime } from '../../finite/node/index.ts';
import type { Keep } from '../../kets/index.ts';
import { joinRun, machineOrigin, type WorkJob, type WorkUnit } from '../../runs/index.ts';
import { addLimitCommand } from '../commands/limit.ts';
import { keepIn } from '../limit/folder.ts';
import { givenLimit } from '../limit/given.ts';
import type { LimitCommandOptions } from '../limit/options.ts';
import { givenBy, type WorkerContext } from './given.ts';

/** A network beside the limit, or one scrambling of it, and the options of a limit that computes it first. */
interface LimitUnit extends WorkUnit {
  readonly alone: Pick<LimitOptions, 'widths' | 'networks' | 'seed' | 'seeds'>;
}

/** Fewer scramblings make no limit. */
const LEAST_SCRAMBLINGS = 2;

/** The work of `nexort limit`: its networks and its scramblings. */
export async function openLimitJob(words: readonly string[], context: WorkerContext): Promise<WorkJob> {
  const { run: folder, scratch, sameMachines, onNotice, threads } = context;
  const told = await givenBy<LimitCommandOptions>(addLimitCommand, words);
  const count = told.threads ?? threads ?? availableParallelism();
  const engine = nodeEngine({ threads: count });
  try {
    const { prepared, options, identity } = await givenLimit(told, engine);
    const origin = machineOrigin({ engine: nodeRuntime(), threads: count });
    const { blocks } = await joinRun({ folder, identity, origin, sameMachines, scratch, onNotice });
    const units = limitUnits(told);
    const compute = async (unit: LimitUnit): Promise<void> => {
      const keep = keepIn(blocks);
      const first: Keep = async (name, make) => {
        await keep(name, make);
        throw new FirstIsKept();
      };
      try {
        await limitOfTraining(prepared.problem, Object.assign({}, options, unit.alone, { keep: first }));
      } catch (error) {
        if (!(error instanceof FirstIsKept)) throw error;
      }
    };
    return {
      units,
      together: false,
      compute: async (wanted, over) => {
        for (const unit of units.filter((one) => wanted.includes(one))) {
          await compute(unit);
          await over(unit);
        }
      },
      close: () => engine.release(),
    };
  } catch (error) {
    await engine.release();
    throw error;
  }
}

/** Ends a computation of which only the first part is wanted. */
class FirstIsKept extends Error {}

/** Every part that the limit keeps, by the names of its blocks. */
export function limitUnits({ widths, seeds, seed, scramblings }: LimitCommandOptions): readonly LimitUnit[] {
  const unit = (block: string, alone: LimitUnit['alone']): LimitUnit => ({
    name: block.replaceAll('/', '+'),
    blocks: [block],
    work: 1,
    alone,
  });
  const from = (count: number): number[] => Array.from({ length: count }, (_, k) => seed + k);
  return [
    ...from(scramblings).map((own) => unit(`scramblings/${own}`, { widths: [], seed: own, seeds: LEAST_SCRAMBLINGS })),
    ...[...widths]
      .reverse()
      .flatMap((width) =>
        from(seeds).map((own) => unit(`networks/${width}/${own}`, { widths: [width], networks: 1, seed: own })),
      ),
  ];
}
