import { describe, expect, it } from 'vitest';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import { exportFormatNames } from '../../../engine/formats/exports.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { ExportPreview, LabApi, RunSummary } from '../../../main/api.ts';
import { ExportState } from '../../../renderer/screens/export/export-state.svelte.ts';
import { formatCards, tensorRows } from '../../../renderer/screens/export/formats.ts';
import type { ProjectState } from '../../../renderer/state/project.svelte.ts';
import { setLocale, t } from '../../../renderer/text/text.svelte.ts';
import fixture from '../../fixtures/pytorch/train-hello-rnn-seed2.json' with { type: 'json' };

const hello = findTemplate('hello-rnn') as SequenceExperiment;

describe('tensorRows', () => {
  it('are the keys and shapes of PyTorch’s state dict', () => {
    const rows = tensorRows(hello);
    expect(rows.map(({ key, shape }) => [key, shape])).toEqual(
      Object.entries(fixture.pytorch.finalWeights).map(([key, { shape }]) => [key, shape]),
    );
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(40);
  });

  it('are none for shapes, which trains nothing', () => {
    expect(tensorRows(findTemplate('rnn-shapes')!)).toEqual([]);
  });
});

const summary = { id: 'run-1' } as RunSummary;

/** A lab that answers as main does; `taken` is the path of a file that exists already. */
function exportState(taken: string) {
  const preview: Record<string, ExportPreview> = {
    'weights-json': { fileName: 'hello.weights.json', text: '{}', bytes: 2 },
    'metrics-csv': { fileName: 'hello.csv', text: 'epoch', bytes: 5 },
  };
  const api = {
    getRun: async () => success({ summary, experiment: hello }),
    previewExport: async ({ format }: { format: string }) => success(preview[format]),
    writeExport: async ({ path, overwrite }: { path: string; overwrite: boolean }) =>
      path === taken && !overwrite
        ? failure(problem('file-exists', '', `${path}: there is such a file already`, { path }))
        : success({ path, bytes: 2 }),
  } as unknown as LabApi;
  return new ExportState(api, { path: '/home/ada/hello.ohlol' } as ProjectState);
}

describe('ExportState', () => {
  it('suggests a file beside the project and follows the format there', async () => {
    const state = exportState('');
    await state.load(summary, 'weights-json');
    expect(state.path).toBe('/home/ada/hello.weights.json');
    state.setPath('/tmp/other/mine.json');
    expect(state.path).toBe('/tmp/other/mine.json');
    await state.load(summary, 'metrics-csv');
    expect(state.path).toBe('/tmp/other/hello.csv');
  });

  it('drops an answer that another question has overtaken', async () => {
    const late = Promise.withResolvers<Result<ExportPreview>>();
    const preview = (format: string) => success({ fileName: `hello.${format}`, text: format, bytes: 1 });
    const api = {
      getRun: async () => success({ summary, experiment: hello }),
      previewExport: ({ format }: { format: string }) =>
        format === 'experiment' ? late.promise : Promise.resolve(preview(format)),
    } as unknown as LabApi;
    const state = new ExportState(api, { path: '/home/ada/hello.ohlol' } as ProjectState);
    const first = state.load(summary, 'experiment');
    await state.load(summary, 'metrics-csv');
    late.resolve(preview('experiment'));
    await first;
    expect(state.preview?.text).toBe('metrics-csv');
  });

  it('leaves a name alone that was typed before any was suggested', async () => {
    const state = exportState('');
    state.setPath('/tmp/other/mine.json');
    await state.load(summary, 'weights-json');
    expect(state.path).toBe('/tmp/other/mine.json');
    await state.load(summary, 'weights-json');
    expect(state.path).toBe('/tmp/other/mine.json');
  });

  it('asks before it replaces a file, and tells what was written', async () => {
    const state = exportState('/home/ada/hello.weights.json');
    await state.load(summary, 'weights-json');
    await state.write('run-1', 4, false);
    expect(state.outcome).toEqual({ kind: 'exists', path: '/home/ada/hello.weights.json' });
    await state.write('run-1', 4, true);
    expect(state.outcome).toMatchObject({ kind: 'written', tensors: 4 });
    state.choose({ format: 'metrics-csv' });
    expect(state.outcome).toEqual({ kind: 'none' });
  });

  it('shows nothing of a run that is no longer there', async () => {
    const state = exportState('');
    await state.load(summary, 'weights-json');
    await state.load(null, 'weights-json');
    expect(state.preview).toBeNull();
    expect(state.path).toBe('');
  });
});

it('no two cards of formats say the same, in either language', () => {
  for (const language of ['en', 'zh'] as const) {
    setLocale(language);
    const said = formatCards.flatMap(({ title, about }) => [t(title), t(about)]);
    expect(new Set(said).size, language).toBe(2 * exportFormatNames.length);
    expect(said.filter((words) => words.trim() === '')).toEqual([]);
  }
  setLocale('en');
  const endings = formatCards.map(({ ending }) => ending);
  expect(new Set(endings).size).toBe(endings.length);
});
