/** Which runs a run descends from. */
import type { RunSummary } from '../../../../main/api.ts';

export interface Kin {
  run: RunSummary;
  /**
   * The run on screen shares this run's epochs up to here, where the next one branched off; null: it is the
   * run on screen.
   */
  until: number | null;
}

/** The run and its ancestors, the oldest first. The list ends at a deleted parent. */
export function lineage(runs: readonly RunSummary[], runId: string | null): Kin[] {
  const found: Kin[] = [];
  let id = runId;
  let until: number | null = null;
  while (id !== null) {
    const run = runs.find((one) => one.id === id);
    if (!run || found.some(({ run: known }) => known === run)) break;
    found.unshift({ run, until });
    id = run.parent?.runId ?? null;
    // A branch from an epoch that a branch shares with its parent has that parent as its own parent.
    until = run.parent?.epoch ?? null;
  }
  return found;
}

/** The first epoch that can be looked at; 0 is the state before the first update. */
export function firstEpoch(kin: readonly Kin[]): number {
  return kin[0]?.run.parent?.epoch ?? 0;
}

/** The run whose state an epoch is; where a branch begins, that is the branch. */
export function kinOfEpoch(kin: readonly Kin[], epoch: number): Kin | null {
  return kin.find(({ until }) => until === null || epoch < until) ?? kin.at(-1) ?? null;
}

/** The run that trained an epoch and has its row; where a branch begins, that is its parent. */
export function trainerOfEpoch(kin: readonly Kin[], epoch: number): Kin | null {
  return kin.find(({ until }) => until === null || epoch <= until) ?? null;
}
