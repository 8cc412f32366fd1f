/** Summaries of all of a run's epochs: those in the file and those that wait to be written. */
import type { DatabaseSync } from 'node:sqlite';
import type { EpochRow } from '../../../engine/api.ts';
import type { EarlyStopping } from '../../../engine/model/experiment.ts';
import type { PatienceUsed, RunStanding } from '../../curves-api.ts';
import { type FoundEpoch, firstEpochBelow, lastEpochBelow, leastEpoch } from '../../project/curve-search.ts';

export interface Standings {
  /** Returns null if there are no epochs. `waiting` are rows that may not be in the file yet, in order. */
  read(
    database: DatabaseSync,
    runId: string,
    waiting: readonly EpochRow[],
    rule: EarlyStopping | null,
  ): RunStanding | null;
}

/** The best epoch up to which a run's patience has been counted; counting continues from there. */
interface Counted {
  rule: string;
  best: FoundEpoch;
}

export function createStandings(): Standings {
  const counted = new Map<string, Counted>();

  /** The last epoch in the file that improved on the best one before it by more than minDelta. */
  function bestInFile(database: DatabaseSync, runId: string, rule: EarlyStopping): FoundEpoch | null {
    const metric = rule.metric === 'validationLoss' && hasHeldBack(database, runId) ? rule.metric : 'loss';
    if (rule.minDelta === 0) return leastEpoch(database, runId, metric);
    const key = JSON.stringify(rule);
    const known = counted.get(runId);
    // If the known best epoch was rolled back, counting begins anew.
    const goesOn =
      known?.rule === key && firstEpochBelow(database, runId, metric, known.best.epoch - 1, Infinity);
    let best =
      goesOn && goesOn.epoch === known.best.epoch && goesOn.value === known.best.value
        ? known.best
        : firstEpochBelow(database, runId, metric, 0, Infinity);
    for (let next = best; next !== null; ) {
      best = next;
      next = firstEpochBelow(database, runId, metric, best.epoch, best.value - rule.minDelta);
    }
    if (best) counted.set(runId, { rule: key, best });
    return best;
  }

  function patienceOf(
    database: DatabaseSync,
    runId: string,
    further: readonly EpochRow[],
    last: number,
    rule: EarlyStopping,
  ): PatienceUsed | null {
    let best = bestInFile(database, runId, rule);
    for (const row of further) {
      const value = rule.metric === 'loss' ? row.loss : (row.validationLoss ?? row.loss);
      if (best === null || value < best.value - rule.minDelta) best = { epoch: row.epoch, value };
    }
    if (best === null) return null;
    return {
      metric: rule.metric,
      bestEpoch: best.epoch,
      epochs: last - best.epoch,
      patience: rule.patience,
    };
  }

  return {
    read(database, runId, waiting, rule) {
      const ends = database
        .prepare(
          `SELECT (SELECT min(epoch) FROM epoch WHERE run_id = $run) AS first,
             (SELECT max(epoch) FROM epoch WHERE run_id = $run) AS last`,
        )
        .get({ run: Number(runId) })!;
      const saved = ends.last === null ? 0 : Number(ends.last);
      const further = waiting.filter(({ epoch }) => epoch > saved);
      const last = further.at(-1)?.epoch ?? saved;
      if (last === 0) return null;
      const wrong =
        further.findLast(({ accuracy }) => accuracy < 1)?.epoch ??
        lastEpochBelow(database, runId, 'accuracy', 1) ??
        Number(ends.first ?? further[0]!.epoch) - 1;
      return {
        epoch: last,
        leastLoss: leastOf(leastEpoch(database, runId, 'loss'), further, 'loss')!,
        leastValidationLoss: leastOf(
          leastEpoch(database, runId, 'validationLoss'),
          further,
          'validationLoss',
        ),
        rightStreak: last - wrong,
        patience: rule === null ? null : patienceOf(database, runId, further, last, rule),
      };
    },
  };
}

const hasHeldBack = (database: DatabaseSync, runId: string) =>
  leastEpoch(database, runId, 'validationLoss') !== null;

function leastOf(
  inFile: FoundEpoch | null,
  further: readonly EpochRow[],
  metric: 'loss' | 'validationLoss',
): number | null {
  let least = inFile;
  for (const row of further) {
    const value = row[metric];
    if (value !== null && (least === null || value < least.value)) least = { epoch: row.epoch, value };
  }
  return least?.epoch ?? null;
}
