import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type ExportedRun,
  exportAliases,
  exportFormatNames,
  exportFormats,
  findExporter,
  writeExport,
} from '../../../engine/formats/exports.ts';
import { weightsDocument } from '../../../engine/formats/weights.ts';
import { trainer } from '../documents.ts';

function trained(): ExportedRun {
  const run = trainer({});
  const epochs = [run.stepEpoch()!, run.stepEpoch()!];
  const by = { ...run.trainedBy(), seed: run.experiment.training.seed };
  return { experiment: run.experiment, weights: weightsDocument(run.experiment, run.weights(), by), epochs };
}

const bytesOf = (written: string | Uint8Array) => Buffer.from(written as Uint8Array);
const headOf = (written: string | Uint8Array) => new TextDecoder().decode(bytesOf(written).subarray(0, 4096));

describe.each(exportFormatNames)('%s', (format) => {
  const exporter = findExporter(format);

  it('is read by its own reader, whole and not cut off', () => {
    const written = bytesOf(writeExport(format, trained()));
    expect(exporter.check(written)).toMatchObject({ ok: true });
    // A CSV table stays valid when it is cut after a line.
    if (exporter.needs !== 'epochs') {
      expect(exporter.check(written.subarray(0, written.length / 2)).ok).toBe(false);
    }
  });

  it('takes the place of its like alone', () => {
    const fitting = exportFormatNames.filter((other) => exporter.fits(headOf(writeExport(other, trained()))));
    expect(fitting).toEqual([format]);
    for (const other of ['', '{}', '{"format":"ohlol/result"}', 'epoch,loss', 'SQLite format 3\0']) {
      expect(exporter.fits(other), other).toBe(false);
    }
  });

  it('is shown as text', () => {
    const written = writeExport(format, trained());
    const preview = exporter.preview(written);
    expect(preview.isWellFormed() && preview.length > 10).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
    expect(preview).not.toMatch(/[\0-\x08\ufffd]/);
    if (typeof written === 'string') expect(preview).toBe(written);
  });

  it('needs a part that is there', () => {
    const run = trained();
    const without = { ...run, weights: null };
    if (exporter.needs === 'weights') expect(() => writeExport(format, without)).toThrow(format);
    else expect(writeExport(format, without)).toEqual(writeExport(format, run));
  });
});

it('endings and names are each of one format', () => {
  const endings = exportFormatNames.map((format) => exportFormats[format].ending);
  expect(new Set(endings).size).toBe(endings.length);
  for (const alias of Object.keys(exportAliases)) expect(exportFormatNames).not.toContain(alias);
});

it('docs/formats.md tells of each', () => {
  const told = readFileSync(join(import.meta.dirname, '../../../docs/formats.md'), 'utf8');
  const commandLine = told.split('\n').find((line) => line.includes('ohlol export '))!;
  for (const format of exportFormatNames) {
    expect(commandLine, format).toContain(format);
    expect(told, format).toContain(`*${exportFormats[format].ending}\``);
  }
});
