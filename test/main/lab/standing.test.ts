/** A run's figures over all epochs agree with its rows, whether those are in the file or in memory. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { trainingDefaults } from '../../../engine/data/defaults.ts';
import type { EarlyStopping } from '../../../engine/model/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { countEpoch, noProgress } from '../../../engine/training/stop-rules.ts';
import { createStandings } from '../../../main/lab/runs/standing.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { appendEpochs, cutEpochsAfter, insertRun } from '../../../main/project/run-store.ts';
import { helloDraft, useFolder } from '../project/project-folder.ts';
import { valueIn } from './open-lab.ts';

const folder = useFolder();
let file: ProjectFile;
beforeEach(() => {
  file = valueIn(createProjectFile(folder.path('a.ohlol'), helloDraft()));
});
afterEach(() => closeProjectFile(file));

const row = (epoch: number, loss: number, held: number | null, accuracy: number) =>
  ({
    epoch,
    loss,
    lr: 0.1,
    gradNorm: 1,
    accuracy,
    validationLoss: held,
    validationAccuracy: held,
    predictions: [],
    probabilities: null,
    trainedMs: epoch,
  }) satisfies EpochRow;

/** The figures computed from the rows alone. */
function expected(rows: readonly EpochRow[], rule: EarlyStopping | null) {
  const least = (metric: 'loss' | 'validationLoss') => {
    const valued = rows.filter((one) => one[metric] !== null);
    const value = Math.min(...valued.map((one) => one[metric]!));
    return valued.find((one) => one[metric] === value)?.epoch ?? null;
  };
  const progress = noProgress();
  const training = { ...trainingDefaults, earlyStopping: rule };
  for (const { loss, validationLoss } of rows) countEpoch(progress, training, loss, validationLoss, false);
  const wrong = rows.findLast(({ accuracy }) => accuracy < 1)?.epoch ?? rows[0]!.epoch - 1;
  return {
    epoch: rows.at(-1)!.epoch,
    leastLoss: least('loss'),
    leastValidationLoss: least('validationLoss'),
    rightStreak: rows.at(-1)!.epoch - wrong,
    used: rule && progress.epochsSinceBest,
  };
}

it('says what the rows say, in the file and on their way, also after some were taken back', () => {
  const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(
      values,
      fc.boolean(),
      fc.nat(),
      fc.constantFrom(0, 1, 2.5),
      fc.constantFrom('loss' as const, 'validationLoss' as const, null),
      fc.integer({ min: 1, max: 70_000 }),
      (given, isHeldBack, cut, minDelta, metric, first) => {
        const { database } = file;
        const runId = insertRun(database, findTemplate('hello-rnn')!);
        const rows = given.map(([a, b], i) =>
          row(first + i, a, isHeldBack ? (a + b) % 7 : null, b === 0 ? 0.5 : 1),
        );
        const rule: EarlyStopping | null = metric === null ? null : { metric, patience: 9, minDelta };
        const standings = createStandings();
        const saved = cut % (rows.length + 1);
        const check = (waiting: EpochRow[], all: EpochRow[]) => {
          const standing = standings.read(database, runId, waiting, rule);
          if (all.length === 0) return expect(standing).toBeNull();
          const { patience, ...rest } = standing!;
          expect({ ...rest, used: patience?.epochs ?? null }).toEqual(expected(all, rule));
        };
        check(rows, rows);
        appendEpochs(database, runId, rows.slice(0, saved));
        // Rows that are already in the file may still be in the waiting list.
        check(rows.slice(Math.max(0, saved - 3)), rows);
        appendEpochs(database, runId, rows.slice(saved));
        check([], rows);
        cutEpochsAfter(database, runId, first + (saved >> 1) - 1);
        check([], rows.slice(0, saved >> 1));
      },
    ),
    { numRuns: 60 },
  );
});
