/** The metrics of a long run are read and written in pieces, so that the lab's thread answers others meanwhile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { writeMetricsCsv } from '../../../engine/formats/metrics-csv.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { previewExport, writeExport } from '../../../main/lab/files/exports.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { appendEpochs, insertRun } from '../../../main/project/run-store.ts';
import { codesOf, makeHome, removeHome, valueIn } from './open-lab.ts';

const epochs = 7001;
const rows = Array.from(
  { length: epochs },
  (_, i): EpochRow => ({
    epoch: i + 1,
    loss: 1 / (i + 1),
    lr: 0.05,
    gradNorm: 0.5,
    accuracy: 0.25,
    validationLoss: null,
    validationAccuracy: null,
    predictions: ['ohlol, =1'],
    probabilities: null,
    trainedMs: i,
  }),
);

let home: string;
let file: ProjectFile;
let runId: string;
const request = () => ({ runId, format: 'metrics-csv' as const, path: join(home, 'm.csv'), overwrite: true });

beforeEach(() => {
  home = makeHome();
  file = valueIn(createProjectFile(join(home, 'a.ohlol'), emptyDraft()));
  runId = insertRun(file.database, findTemplate('hello-rnn')!);
  appendEpochs(file.database, runId, rows);
});

afterEach(() => {
  closeProjectFile(file);
  removeHome(home);
});

it('every row is there once, below one head', async () => {
  valueIn(await writeExport(file, request(), null));
  const text = readFileSync(join(home, 'm.csv'), 'utf8');
  expect(text).toBe(writeMetricsCsv(rows));
  const preview = valueIn(await previewExport(file, { ...request(), excelMark: true }, null));
  expect(preview.bytes).toBe(Buffer.byteLength(writeMetricsCsv(rows, { excelMark: true })));
});

it.each([1, 2000, 2001, 4000, epochs])('up to epoch %i where that one is exported', async (epoch) => {
  valueIn(await writeExport(file, request(), { epoch, weights: new Uint8Array() }));
  expect(readFileSync(join(home, 'm.csv'), 'utf8')).toBe(writeMetricsCsv(rows.slice(0, epoch)));
});

it('others are answered between two pieces, and a project that is closed meanwhile ends it', async () => {
  let turns = 0;
  const turn = () => {
    turns += 1;
    if (turns === 2) closeProjectFile(file);
    else setImmediate(turn);
  };
  setImmediate(turn);
  expect(codesOf(await previewExport(file, request(), null))).toEqual(['no-project']);
  expect(turns).toBe(2);
});
