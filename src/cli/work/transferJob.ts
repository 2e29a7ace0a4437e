import { availableParallelism } from 'node:os';
import { required } from '../../errors/index.ts';
import { nameOf, prepareSweep } from '../../experiments/index.ts';
import { nodeRuntime } from '../../finite/node/index.ts';
import { joinRun, machineOrigin, type WorkJob } from '../../runs/index.ts';
import { addTransferCommand } from '../commands/transfer.ts';
import { chosenDevice, engineOn } from '../deviceOption.ts';
import { cellsOf, givenSweep, type TransferCommandOptions } from '../transfer/sweep.ts';
import { givenBy, type WorkerContext } from './given.ts';

/** The work of `nexort transfer`: its networks, each at one width, value and seed. */
export async function openTransferJob(words: readonly string[], context: WorkerContext): Promise<WorkJob> {
  const { run: folder, scratch, sameMachines, onNotice, threads = availableParallelism() } = context;
  const given = await givenBy<TransferCommandOptions>(addTransferCommand, words);
  const device = await chosenDevice(given);
  const engine = engineOn(device, threads);
  try {
    const { options, identity } = await givenSweep(given, { engine, device });
    const origin = machineOrigin({ engine: nodeRuntime(), threads });
    const { blocks } = await joinRun({ folder, identity, origin, sameMachines, scratch, onNotice });
    const sweep = prepareSweep(options);
    const cells = cellsOf(blocks);
    const byName = new Map(sweep.keys.map((key) => [nameOf(key), key]));
    return {
      units: [...byName].map(([block, key]) => ({
        name: block.replaceAll('/', '+'),
        blocks: [block],
        work: sweep.workOf(key),
      })),
      together: false,
      compute: async (units, over) => {
        for (const unit of units) {
          const key = required(byName.get(required(unit.blocks[0], 'block of a network')), 'network of a unit');
          if ((await cells.read(key)) === undefined) await cells.write(await sweep.train(key));
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
