/** Figures of a plane, loaded where there is one: contours are a tenth of what a page of lines needs. */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../problem/read.ts';
import type { PlaneProps } from './Plane.tsx';

const loaded = signal<typeof import('./Plane.tsx') | undefined>(undefined);
const problem = signal<string | undefined>(undefined);

async function load(): Promise<void> {
  try {
    loaded.value = await import('./Plane.tsx');
    problem.value = undefined;
  } catch (error) {
    problem.value = `The figures did not load: ${messageOf(error)}. Is nexort studio still running?`;
  }
}

export function LazyPlane(props: PlaneProps) {
  useEffect(() => {
    if (loaded.peek() === undefined) void load();
  }, []);
  const { value: module } = loaded;
  if (module !== undefined) return <module.Plane {...props} />;
  return problem.value === undefined ? null : (
    <p class="error" role="alert">
      {problem.value}
    </p>
  );
}
