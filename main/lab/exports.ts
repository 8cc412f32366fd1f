/** What a run gives away: its weights, its experiment, its metrics. */
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { parseExperiment, writeExperiment } from '../../engine/formats/experiment.ts';
import { writeMetricsCsv } from '../../engine/formats/metrics-csv.ts';
import { parseWeights, writeWeights } from '../../engine/formats/weights.ts';
import type { ExportFormat, ExportPreview, ExportRequest, ExportWritten } from '../api.ts';
import { writeFileAtomically } from '../files.ts';
import { readLastWeights } from '../project/checkpoint-store.ts';
import type { ProjectFile } from '../project/project-file.ts';
import { readEpochs, readRun, type StoredRun } from '../project/run-store.ts';
import { fileNameOf } from './file-names.ts';

const previewCharacters = 20_000;

interface Exported {
  fileName: string;
  text: string;
}

const endings: Record<ExportFormat, string> = {
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

/** Writes the whole file or nothing, then reads it back from the disk and compares. */
export async function writeExport(
  file: ProjectFile,
  request: ExportRequest & { path: string; overwrite: boolean },
): Promise<Result<ExportWritten>> {
  const { path, overwrite, format } = request;
  if (!overwrite && existsSync(path)) {
    return failure(problem('file-exists', '', `${path}: there is such a file already`, { path }));
  }
  if (await isDatabase(path)) {
    const message = `${path}: it is a project or another database, and no export writes over one`;
    return failure(problem('export-over-project', '', message, { path }));
  }
  const exported = renderExport(file, request);
  if (!exported.ok) return exported;
  const { text } = exported.value;
  try {
    await writeFileAtomically(path, text);
  } catch (error) {
    const reason = (error as Error).message;
    return failure(
      problem('file-unwritable', '', `${path}: it cannot be written (${reason})`, { path, reason }),
    );
  }
  const readBack = await readFile(path, 'utf8');
  const sound = readBack === text ? checkReadBack(format, readBack) : null;
  if (!sound?.ok) {
    const message = `${path}: what was read back is not what was written; the disk may be failing`;
    return failure(problem('file-not-verified', '', message, { path }));
  }
  return success({ path, bytes: Buffer.byteLength(text) });
}

/** Whether a SQLite database is there: a project's one writer is the lab that has it open. */
async function isDatabase(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
      return buffer.toString('latin1') === 'SQLite format 3\0';
    } finally {
      await handle.close();
    }
  } catch {
    // A folder, or not readable: writing to it will say so.
    return false;
  }
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

function renderExport(file: ProjectFile, { runId, format }: ExportRequest): Result<Exported> {
  const run = readRun(file.database, runId);
  if (!run)
    return failure(problem('run-missing', '', `run ${runId}: this project has no such run`, { runId }));
  const fileName = `${fileNameOf(run.summary.name)}${endings[format]}`;
  const text = renderText(file, run, format);
  return text.ok ? success({ fileName, text: text.value }) : text;
}

function renderText(file: ProjectFile, run: StoredRun, format: ExportFormat): Result<string> {
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
      return success(writeMetricsCsv(readEpochs(file.database, run.summary.id, 0, Number.MAX_SAFE_INTEGER)));
  }
}
