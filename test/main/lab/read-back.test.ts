/**
 * An export is read back from the disk and compared. A mock takes the place of a disk that returns other
 * bytes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { exportFormatNames, findExporter } from '../../../engine/formats/exports.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { writeExport } from '../../../main/lab/files/exports.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { insertRun } from '../../../main/project/run-store.ts';
import { codesOf, makeHome, removeHome, valueIn } from './open-lab.ts';

vi.mock('node:fs/promises', { spy: true });

let home: string;
let file: ProjectFile;
let runId: string;

beforeEach(() => {
  home = makeHome();
  file = valueIn(createProjectFile(join(home, 'a.ohlol'), emptyDraft()));
  runId = insertRun(file.database, findTemplate('hello-rnn')!);
});

afterEach(() => {
  vi.mocked(readFile).mockReset();
  closeProjectFile(file);
  removeHome(home);
});

const formats = exportFormatNames.filter((format) => findExporter(format).needs !== 'weights');
const write = (format: (typeof formats)[number]) =>
  writeExport(file, { runId, format, path: join(home, `x-${format}`), overwrite: true }, null);

it.each(formats)('%s is written where the disk gives back what it was given', async (format) => {
  expect(await write(format)).toMatchObject({ ok: true });
});

it.each(formats)('%s is not called written where it gives back other bytes, or none', async (format) => {
  const written = valueIn(await write(format));
  const bytes = Buffer.from(await readFile(written.path));
  // To its reader the file is still valid.
  vi.mocked(readFile).mockResolvedValueOnce(Buffer.concat([bytes, Buffer.from('\n')]));
  expect(codesOf(await write(format))).toEqual(['file-not-verified']);
  vi.mocked(readFile).mockRejectedValueOnce(new Error('EIO'));
  expect(codesOf(await write(format))).toEqual(['file-not-verified']);
});
