/** What `nexort ntk` computes kernels on: threads, and the engine where it loads. */

import { NexortError } from '../../errors/index.ts';
import type { LimitingMachine } from '../../experiments/node/index.ts';
import { type NodeProduct, nodeProduct, nodeRuntime } from '../../finite/node/index.ts';
import { threadTeam } from '../../kernels/node/index.ts';

export interface OpenMachine {
  readonly machine: LimitingMachine;
  /** Why there is no engine, which kernels need for nothing but their time. */
  readonly notice: string | undefined;
  /** Ends its threads. */
  close(): Promise<void>;
}

/** Throws what `threadTeam` and `nodeProduct` throw for a number of threads that no machine has. */
export async function openMachine(threads: number): Promise<OpenMachine> {
  const team = threadTeam({ threads });
  const product = nodeProduct({ threads });
  const close = async (): Promise<void> => {
    await Promise.all([team.close(), product.release()]);
  };
  const reason = await failureOf(product);
  return reason === undefined
    ? { machine: { team, product, runtime: nodeRuntime() }, notice: undefined, close }
    : {
        machine: { team, runtime: WITHOUT_ENGINE },
        notice: `${reason.message} Kernels take longer without it.`,
        close,
      };
}

/** The compiled product, which is of nexort's version. */
const WITHOUT_ENGINE = 'nexort';

/** Why the engine does not load, which it does with its first product: what it takes of memory then counts in forecasts. */
async function failureOf(product: NodeProduct): Promise<NexortError | undefined> {
  const one = Float64Array.of(1);
  try {
    await product(one, one, 1);
    return undefined;
  } catch (error) {
    if (error instanceof NexortError && error.code === 'finite.no-runtime') return error;
    throw error;
  }
}
