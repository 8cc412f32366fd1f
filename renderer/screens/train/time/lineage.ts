/** Which runs a run comes from. */
import type { RunSummary } from '../../../../main/api.ts';

export interface Kin {
  run: RunSummary;
  /** Its epochs after this one are not those of the run on screen, which branched off here; null: they are all its own. */
  until: number | null;
}

/** The run and those that it comes from, the oldest first; it ends where a parent is deleted. */
export function lineage(runs: readonly RunSummary[], runId: string | null): Kin[] {
  const found: Kin[] = [];
  let id = runId;
  let until: number | null = null;
  while (id !== null) {
    const run = runs.find((one) => one.id === id);
    if (!run || found.some(({ run: known }) => known === run)) break;
    found.unshift({ run, until });
    id = run.parent?.runId ?? null;
    // A branch of a branch's earlier epoch is one of the run that had it.
    until = run.parent?.epoch ?? null;
  }
  return found;
}

/** The first epoch that can be looked at: 0 is before the first update. */
export function firstEpoch(kin: readonly Kin[]): number {
  return kin[0]?.run.parent?.epoch ?? 0;
}

/** Whose state it is: where a branch begins, its own. */
export function kinOfEpoch(kin: readonly Kin[], epoch: number): Kin | null {
  return kin.find(({ until }) => until === null || epoch < until) ?? kin.at(-1) ?? null;
}

/** Who trained that epoch, whose row tells of it: where a branch begins, its parent. */
export function trainerOfEpoch(kin: readonly Kin[], epoch: number): Kin | null {
  return kin.find(({ until }) => until === null || epoch <= until) ?? null;
}
