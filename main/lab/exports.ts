/** What a run gives away: its weights, its experiment, its metrics. */
import { readFile } from 'node:fs/promises';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { parseExperiment, writeExperiment } from '../../engine/formats/experiment.ts';
import { writeMetricsCsv } from '../../engine/formats/metrics-csv.ts';
import { parseWeights, writeWeights } from '../../engine/formats/weights.ts';
import type { ExportFormat, ExportPreview, ExportRequest, ExportWritten } from '../api.ts';
import { newFile, ownFile, writeFileAtomically } from '../files.ts';
import { readLastWeights } from '../project/checkpoint-store.ts';
import type { ProjectFile } from '../project/project-file.ts';
import { readEpochs, readRun, type StoredRun } from '../project/run-store.ts';
import { writeProblem } from '../write-guard.ts';
import { fileNameOf } from './file-names.ts';

const previewCharacters = 20_000;

interface Exported {
  fileName: string;
  text: string;
}

export const exportEndings: Record<ExportFormat, string> = {
  'weights-json': '.weights.json',
  experiment: '.experiment.json',
  csv: '.csv',
};

export function previewExport(file: ProjectFile, request: ExportRequest): Result<ExportPreview> {
  const exported = renderExport(file, request);
  if (!exported.ok) return exported;
  const { fileName, text } = exported.value;
  return success({
    fileName,
    text: text.slice(0, previewCharacters),
    bytes: Buffer.byteLength(text),
  });
}

/**
 * Writes the whole file or nothing, then reads it back from the disk and compares. `overwrite`: the user has been asked
 * whether the file that is there may go; a project never does.
 */
export async function writeExport(
  file: ProjectFile,
  request: ExportRequest & { path: string; overwrite: boolean },
): Promise<Result<ExportWritten>> {
  const { path, overwrite, format } = request;
  const exported = renderExport(file, request);
  if (!exported.ok) return exported;
  const { text } = exported.value;
  try {
    await writeFileAtomically(path, text, overwrite ? ownFile : newFile);
  } catch (error) {
    return failure(writeProblem(path, error));
  }
  const readBack = await readFile(path, 'utf8').catch(() => null);
  const sound = readBack === text ? checkReadBack(format, readBack) : null;
  if (!sound?.ok) {
    const message = `${path}: what was read back is not what was written; the disk may be failing`;
    return failure(problem('file-not-verified', '', message, { path }));
  }
  return success({ path, bytes: Buffer.byteLength(text) });
}

function checkReadBack(format: ExportFormat, text: string): Result<unknown> {
  switch (format) {
    case 'weights-json':
      return parseWeights(text);
    case 'experiment':
      return parseExperiment(text);
    case 'csv':
      return success(text);
  }
}

function renderExport(file: ProjectFile, request: ExportRequest): Result<Exported> {
  const { runId, format } = request;
  const run = readRun(file.database, runId);
  if (!run)
    return failure(problem('run-missing', '', `run ${runId}: this project has no such run`, { runId }));
  const fileName = `${fileNameOf(run.summary.name)}${exportEndings[format]}`;
  const text = renderText(file, run, request);
  return text.ok ? success({ fileName, text: text.value }) : text;
}

function renderText(
  file: ProjectFile,
  run: StoredRun,
  { format, excelMark = false }: ExportRequest,
): Result<string> {
  switch (format) {
    case 'weights-json': {
      const weights = readLastWeights(file.database, run.summary.id);
      if (weights) return success(writeWeights(weights));
      const message = `run ${run.summary.number} shows shapes; it has no trained weights`;
      return failure(problem('run-has-no-weights', '', message, { number: run.summary.number }));
    }
    case 'experiment':
      return success(writeExperiment(run.experiment));
    case 'csv':
      return success(
        writeMetricsCsv(readEpochs(file.database, run.summary.id, 0, Number.MAX_SAFE_INTEGER), { excelMark }),
      );
  }
}
