/** Exports of a run: its weights, its experiment, its metrics. */
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { EpochRow } from '../../../engine/api.ts';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import { findExporter, writeExport as writeRun } from '../../../engine/formats/exports.ts';
import type { WeightsDocument } from '../../../engine/formats/weights.ts';
import type { ExportPreview, ExportRequest, ExportWritten } from '../../api.ts';
import { newFile, ownFile, writeFileAtomically } from '../../files.ts';
import { readLastWeights, readStoredWeights } from '../../project/checkpoint-store.ts';
import type { ProjectFile } from '../../project/project-file.ts';
import { readEpochs, readRun } from '../../project/run-store.ts';
import { writeProblem } from '../../write-guard.ts';
import { fileNameFor } from './file-names.ts';

const previewCharacters = 20_000;
/** The most epochs read and written at once; the lab answers others between two pieces. */
const mostEpochs = 2000;

interface Exported {
  fileName: string;
  contents: string | Uint8Array;
}

/** A past moment of a run: its epoch, and its weights as a safetensors file. */
export interface ExportedMoment {
  epoch: number;
  weights: Uint8Array;
}

/** The first 20,000 characters of an export and its size in bytes. `moment` null: the run's current state. */
export async function previewExport(
  file: ProjectFile,
  request: ExportRequest,
  moment: ExportedMoment | null,
): Promise<Result<ExportPreview>> {
  const exported = await renderExport(file, request, moment);
  if (!exported.ok) return exported;
  const { fileName, contents } = exported.value;
  const text = findExporter(request.format).preview(contents).slice(0, previewCharacters);
  return success({ fileName, text, bytes: Buffer.byteLength(contents) });
}

/**
 * Writes the whole file or nothing, then reads it back from the disk and compares; fails with `file-not-verified` if it
 * differs. `overwrite`: the user has agreed to replace an existing file; a project is never replaced.
 */
export async function writeExport(
  file: ProjectFile,
  request: ExportRequest & { path: string; overwrite: boolean },
  moment: ExportedMoment | null,
): Promise<Result<ExportWritten>> {
  const { path, overwrite, format } = request;
  const exported = await renderExport(file, request, moment);
  if (!exported.ok) return exported;
  const { contents } = exported.value;
  try {
    await writeFileAtomically(path, contents, overwrite ? ownFile : newFile);
  } catch (error) {
    return failure(writeProblem(path, error));
  }
  const readBack = await readFile(path).catch(() => null);
  const isSame = readBack?.equals(Buffer.from(contents as Uint8Array)) ?? false;
  if (!isSame || !findExporter(format).check(readBack!).ok) {
    const message = `${path}: what was read back is not what was written; the disk may be failing`;
    return failure(problem('file-not-verified', '', message, { path }));
  }
  return success({ path, bytes: Buffer.byteLength(contents) });
}

async function renderExport(
  file: ProjectFile,
  { runId, format, excelMark = false }: ExportRequest,
  moment: ExportedMoment | null,
): Promise<Result<Exported>> {
  const run = readRun(file.database, runId);
  if (!run)
    return failure(problem('run-missing', '', `run ${runId}: this project has no such run`, { runId }));
  const { number, name } = run.summary;
  const { ending, needs } = findExporter(format);
  const weights = needs === 'weights' ? weightsOf(file, runId, moment) : null;
  if (needs === 'weights' && weights === null) {
    const message = `run ${number} shows shapes; it has no trained weights`;
    return failure(problem('run-has-no-weights', '', message, { number }));
  }
  if (needs === 'experiment' && moment !== null) return failure(noMoment(moment.epoch));
  const fileName = `${fileNameFor(name)}${ending}`;
  const { experiment } = run;
  if (needs !== 'epochs') {
    return success({
      fileName,
      contents: writeRun(format, { experiment, weights, epochs: [] }, { excelMark }),
    });
  }
  const until = moment?.epoch ?? Number.MAX_SAFE_INTEGER;
  const text = await metricsOf(file, runId, until, (epochs) =>
    String(writeRun(format, { experiment, weights, epochs }, { excelMark })),
  );
  return text === null ? failure(closedMeanwhile()) : success({ fileName, contents: text });
}

/**
 * A table of the epochs up to `until`, written some thousand rows at a time; null where the project is closed meanwhile.
 * Throws a LabError if a cell is damaged.
 */
async function metricsOf(
  file: ProjectFile,
  runId: string,
  until: number,
  write: (epochs: readonly EpochRow[]) => string,
): Promise<string | null> {
  let text = '';
  for (let since = 0; ; await setImmediate()) {
    if (!file.database.isOpen) return null;
    const limit = Math.min(mostEpochs, until - since);
    const rows = readEpochs(file.database, runId, since, limit);
    const piece = write(rows);
    // Every piece begins with the head of the table, which the whole has once.
    text += text === '' ? piece : piece.slice(piece.indexOf('\n') + 1);
    since = rows.at(-1)?.epoch ?? until;
    if (rows.length < limit || since >= until) return text;
  }
}

function closedMeanwhile() {
  return problem('no-project', '', 'the project was closed while its metrics were being read');
}

function weightsOf(file: ProjectFile, runId: string, moment: ExportedMoment | null): WeightsDocument | null {
  if (moment === null) return readLastWeights(file.database, runId);
  return readStoredWeights(moment.weights, `run ${runId}, weights`);
}

function noMoment(epoch: number) {
  const message = `an experiment is the same at every epoch; epoch ${epoch} is given, it takes none`;
  return problem('export-has-no-epoch', 'at', message, { epoch });
}
