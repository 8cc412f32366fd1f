/** The same training with each cell: which runs those are, and what the missing ones would take. Pure. */
import type { CellName } from '../../../../engine/model/spec.ts';
import type { RunSummary } from '../../../../main/api.ts';

/** In the order in which they stand side by side; the multiplications of a step, in those of the plain cell. */
const gates = { rnn: 1, gru: 3, lstm: 4 } satisfies Record<CellName, number>;
export const kinCells = Object.keys(gates) as CellName[];

/** Settings in which kin may differ: the cell, what only one cell has, and how long is trained. */
const own =
  /^(name|model\.(cell|nonlinearity|call)|training\.(epochs|stopWhen(\..*)?|earlyStopping(\..*)?|restoreBest))$/;

/** Whether two runs train the same network but for its cell on the same data, from the same seed, in the same way. */
export function isKin(a: RunSummary, b: RunSummary): boolean {
  if (a.kind !== 'training' || b.kind !== 'training' || a.parent !== null || b.parent !== null) return false;
  const paths = new Set([...Object.keys(a.settings), ...Object.keys(b.settings)]);
  return [...paths].every(
    (path) => own.test(path) || (a.settings[path] ?? null) === (b.settings[path] ?? null),
  );
}

export const cellOf = ({ settings }: RunSummary): CellName => settings['model.cell'] as CellName;

/** The run on screen under its own cell; under each other cell the newest of its kin, null where there is none. */
export function kinOf(run: RunSummary, runs: readonly RunSummary[]): Record<CellName, RunSummary | null> {
  const of = (cell: CellName) =>
    cell === cellOf(run)
      ? run
      : (runs.filter((other) => cellOf(other) === cell && isKin(run, other)).at(-1) ?? null);
  return { rnn: of('rnn'), gru: of('gru'), lstm: of('lstm') };
}

/** Epochs that kin would be trained: those behind the run once it has ended, else those it is to train. */
export function kinEpochs({ state, progress, epochs }: RunSummary): number {
  const hasEnded = state.status === 'finished' || state.status === 'stopped' || state.status === 'diverged';
  return hasEnded ? progress.epoch : epochs;
}

/** Seconds of training, as far as the run's own speed tells; null before it has trained. */
export function kinSeconds(run: RunSummary, cells: readonly CellName[]): number | null {
  const { epoch, trainedMs } = run.progress;
  if (epoch === 0) return null;
  const each = (trainedMs / epoch / gates[cellOf(run)]) * kinEpochs(run);
  return cells.reduce((total, cell) => total + each * gates[cell], 0) / 1000;
}
