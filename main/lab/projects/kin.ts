/** Documents of runs that differ from another run in the cell alone. Pure. */
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { SequenceExperiment, TrainingSpec } from '../../../engine/model/experiment.ts';
import type { CellName } from '../../../engine/model/spec.ts';
import type { RunSummary } from '../../api.ts';
import { hasEnded } from '../runs/command-rules.ts';

/**
 * The same data, seed and settings with another cell, for as many epochs as the run has: those behind it once it has
 * ended, else those it is to train. Given weights and the nonlinearity are of the run's own cell and are left out.
 *
 * @param training the settings with which the run trained its first batch.
 */
export function kinDocuments(
  summary: RunSummary,
  experiment: SequenceExperiment,
  training: TrainingSpec,
  cells: readonly CellName[],
): Result<SequenceExperiment[]> {
  const { number, progress } = summary;
  const { model } = experiment;
  const wanted = [...new Set(cells)];
  if (wanted.includes(model.cell)) return failure(sameCell(number, model.cell));
  const epochs = hasEnded(summary) && progress.epoch > 0 ? progress.epoch : summary.epochs;
  return success(
    wanted.map((cell) => ({
      ...experiment,
      model: { ...model, cell, nonlinearity: 'tanh' },
      training: { ...training, epochs },
      initialWeights: null,
    })),
  );
}

function sameCell(number: number, cell: CellName): Problem {
  const message = `cells holds ${cell}, which is the cell of run ${number} itself; another cell is needed`;
  return problem('kin-same-cell', 'cells', message, { number, cell });
}

export function kinTooLarge(cell: CellName, bytes: number, limit: number): Problem {
  const megabytes = (count: number) => `${Math.round(count / 2 ** 20)} MB`;
  const message = `a run with ${cell} needs ${megabytes(bytes)} of memory, the lab takes at most ${megabytes(limit)}; nothing was created`;
  return problem('kin-memory', 'cells', message, { cell, bytes, limit });
}
