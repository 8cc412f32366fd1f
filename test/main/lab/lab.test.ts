/**
 * A user's way through the lab: make, edit, run, close, reopen, export. The engine process and the files
 * are real.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportFormatNames, exportFormats } from '../../../engine/formats/exports.ts';
import type { RunSummary } from '../../../main/api.ts';
import type { CurveMetric } from '../../../main/curves-api.ts';
import {
  codesOf,
  hasStatus,
  makeHome,
  removeHome,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

const label = { key: 'edit_test', values: {} };
const everyEpoch = { since: 0, limit: 10_000 };

let home: string;
let lab: TestLab;
let window: TestWindow;

beforeEach(() => {
  home = makeHome();
  lab = startTestLab(home);
  window = lab.openWindow();
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

async function createHello(): Promise<string> {
  const source = { kind: 'template', name: 'hello-rnn' } as const;
  return valueIn(await window.api.createProject({ source, path: null })).path;
}

async function trainToEnd(): Promise<RunSummary> {
  const run = valueIn(await window.api.newRun());
  valueIn(await window.api.controlRun({ runId: run.id, command: { kind: 'run', epochsPerSecond: null } }));
  return window.runIs(run.id, hasStatus('finished', 'diverged', 'stopped'));
}

/** Closes the lab and starts another one on the same folders. */
async function restart(): Promise<void> {
  await lab.close();
  lab = startTestLab(home);
  window = lab.openWindow();
}

describe('the main job', () => {
  it('trains hello-rnn, every epoch in the file, and brings it all back after a restart', async () => {
    const path = await createHello();
    const run = await trainToEnd();
    expect(run.state).toEqual({ status: 'finished', reason: 'epochs' });
    expect(run.progress.epoch).toBe(20);
    const rows = valueIn(await window.api.getEpochs({ runId: run.id, ...everyEpoch }));
    expect(rows.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));

    await restart();
    const view = valueIn(await window.api.openProject({ path }));
    expect(view.runs).toEqual([run]);
    expect(valueIn(await window.api.getEpochs({ runId: run.id, ...everyEpoch }))).toEqual(rows);
    const [recent] = await window.api.listRecent();
    expect(recent).toMatchObject({
      path,
      lastRun: { status: 'finished', epoch: 20, prediction: rows.at(-1)!.predictions[0] },
    });
  });

  it('pulls epochs in pages without a gap or a repeat', async () => {
    await createHello();
    const { id } = await trainToEnd();
    const pages = [];
    for (let since = 0; since < 20; since += 7) {
      pages.push(...valueIn(await window.api.getEpochs({ runId: id, since, limit: 7 })));
    }
    expect(pages).toEqual(valueIn(await window.api.getEpochs({ runId: id, ...everyEpoch })));
  });

  it('gives curves in few points, each with the extremes of the epochs that it stands for', async () => {
    await createHello();
    const { id } = await trainToEnd();
    const rows = valueIn(await window.api.getEpochs({ runId: id, ...everyEpoch }));
    const metrics: CurveMetric[] = ['loss', 'validationLoss'];
    const asked = { runId: id, metrics, from: 1, to: 20 };
    const [loss, held] = valueIn(await window.api.getCurves({ ...asked, points: 4 }));
    expect(loss!.points.length).toBeLessThanOrEqual(4);
    for (const { first, last, min, max } of loss!.points) {
      const losses = rows.filter(({ epoch }) => epoch >= first && epoch <= last).map((row) => row.loss);
      expect([min, max]).toEqual([Math.min(...losses), Math.max(...losses)]);
    }
    expect(held).toEqual({ metric: 'validationLoss', points: [] });
    const every = valueIn(await window.api.getCurves({ ...asked, points: 4000 }))[0]!;
    expect(every.points.map(({ min }) => min)).toEqual(rows.map((row) => row.loss));
    expect(codesOf(await window.api.getCurves({ ...asked, runId: '99', points: 4 }))).toEqual([
      'run-missing',
    ]);
  });

  it('gives the shapes of the programs 1 and 2 as a finished run, which also comes back', async () => {
    const source = { kind: 'template', name: 'rnn-shapes' } as const;
    const { path } = valueIn(await window.api.createProject({ source, path: null }));
    const run = valueIn(await window.api.newRun());
    expect(run).toMatchObject({ kind: 'shapes', state: { status: 'finished' } });
    const shapes = valueIn(await window.api.getShapes(run.id));
    expect(shapes.steps.flatMap(({ tensors }) => tensors.map(({ name }) => name))).toContain('hidden');
    expect(codesOf(await window.api.controlRun({ runId: run.id, command: { kind: 'step-epoch' } }))).toEqual([
      'run-has-no-epochs',
    ]);
    await restart();
    expect(valueIn(await window.api.openProject({ path })).runs).toEqual([run]);
    expect(valueIn(await window.api.getShapes(run.id))).toEqual(shapes);
  });

  it('keeps the states of a shapes run that overflow, and the NaN that comes of them', async () => {
    const source = { kind: 'template', name: 'rnn-shapes' } as const;
    const { path } = valueIn(await window.api.createProject({ source, path: null }));
    const model = { nonlinearity: 'relu', numLayers: 1 } as const;
    valueIn(await window.api.edit({ edit: { kind: 'model', patch: model }, label }));
    const weights = {
      'rnn.weight_ih_l0': { shape: [2, 4], data: new Array(8).fill(0) },
      'rnn.weight_hh_l0': { shape: [2, 2], data: [2, 0, 0, 2] },
      'rnn.bias_ih_l0': { shape: [2], data: [3e38, 1] },
      'rnn.bias_hh_l0': { shape: [2], data: [0, 0] },
    };
    valueIn(await window.api.edit({ edit: { kind: 'initialWeights', weights }, label }));
    const run = valueIn(await window.api.newRun());
    const hidden = async () => valueIn(await window.api.getShapes(run.id)).steps[0]!.tensors.at(-1)!;
    expect([...(await hidden()).data]).toEqual([Infinity, Number.NaN]);
    await restart();
    valueIn(await window.api.openProject({ path }));
    expect([...(await hidden()).data]).toEqual([Infinity, Number.NaN]);
  });

  it('sends the numbers of a shapes run to whoever asks for them, not with every look at the project', async () => {
    const source = { kind: 'template', name: 'rnn-shapes' } as const;
    valueIn(await window.api.createProject({ source, path: null }));
    const dataset = { inputSize: 100, sequenceLength: 100, batchSize: 10, call: 'sequence' } as const;
    const patch = { shapes: { task: 'shapes', ...dataset } } as const;
    valueIn(await window.api.edit({ edit: { kind: 'data', patch }, label }));
    const runs = [];
    for (let count = 0; count < 3; count++) runs.push(valueIn(await window.api.newRun()));
    const shown = valueIn(await window.api.getShapes(runs[2]!.id));
    expect(shown.steps[0]!.tensors[0]).toMatchObject({ name: 'input', shape: [100, 10, 100] });
    expect(shown.steps[0]!.tensors[0]!.data).toHaveLength(100_000);
    const view = (await window.api.getProject())!;
    expect(view.runs).toEqual(runs);
    expect(JSON.stringify(view).length).toBeLessThan(10_000);
  });

  it('says that a run that trains has no shapes to show', async () => {
    await createHello();
    const run = valueIn(await window.api.newRun());
    expect(run.kind).toBe('training');
    expect(codesOf(await window.api.getShapes(run.id))).toEqual(['run-shows-no-shapes']);
    expect(codesOf(await window.api.getShapes('99'))).toEqual(['run-missing']);
  });
});

describe('a run', () => {
  it('goes on when the epochs of a finished one are raised, as if it had never ended', async () => {
    await createHello();
    const run = await trainToEnd();
    const goOn = { runId: run.id, command: { kind: 'run', epochsPerSecond: null } } as const;
    expect(codesOf(await window.api.controlRun(goOn))).toEqual(['run-finished']);
    const more = { kind: 'change', settings: { epochs: 30 } } as const;
    expect(valueIn(await window.api.controlRun({ runId: run.id, command: more })).epochs).toBe(30);
    valueIn(await window.api.controlRun(goOn));
    await window.runIs(run.id, (now) => now.state.status === 'finished' && now.progress.epoch === 30);

    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 30 } }, label }));
    const undisturbed = await trainToEnd();
    const bare = async (runId: string) =>
      valueIn(await window.api.getEpochs({ runId, ...everyEpoch })).map(({ trainedMs: _, ...row }) => row);
    expect(await bare(run.id)).toEqual(await bare(undisturbed.id));
  });

  it('pauses at a checkpoint when its project closes, and goes on from there', async () => {
    const path = await createHello();
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 1_000_000 } }, label }));
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
    await window.runIs(id, ({ lastLoss }) => lastLoss !== null);
    await window.api.closeProject();

    const [reopened] = valueIn(await window.api.openProject({ path })).runs;
    expect(reopened!.state).toEqual({ status: 'paused' });
    const { epoch } = reopened!.progress;
    expect(epoch).toBeGreaterThan(0);
    const rows = valueIn(
      await window.api.getEpochs({ runId: id, since: Math.max(0, epoch - 5), limit: 10_000 }),
    );
    expect(rows.at(-1)!.epoch).toBe(epoch);
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'step-epoch' } }));
    const stepped = await window.runIs(id, ({ progress }) => progress.epoch === epoch + 1);
    expect(stepped.bestLoss).toBeLessThanOrEqual(rows.at(-1)!.loss);
  });

  it('that diverges says so, is not started again, and the rows before stay', async () => {
    await createHello();
    const optimizer = { name: 'sgd', lr: 1e30, momentum: 0, nesterov: false, weightDecay: 0 } as const;
    const edit = {
      kind: 'all',
      edits: [
        { kind: 'training', patch: { optimizer } },
        { kind: 'model', patch: { nonlinearity: 'relu' } },
      ],
    } as const;
    valueIn(await window.api.edit({ edit: structuredClone(edit) as never, label }));
    const run = await trainToEnd();
    expect(run.state.status).toBe('diverged');
    const rows = valueIn(await window.api.getEpochs({ runId: run.id, ...everyEpoch }));
    expect(rows.map(({ epoch }) => epoch)).toEqual(rows.map((_, index) => index + 1));
    expect(codesOf(await window.api.controlRun({ runId: run.id, command: { kind: 'step-epoch' } }))).toEqual([
      'run-diverged',
    ]);
  });

  it.each([0, -1])('cannot be given the learning rate %s', async (lr) => {
    await createHello();
    const { id } = valueIn(await window.api.newRun());
    const asked = await window.api.controlRun({ runId: id, command: { kind: 'change', settings: { lr } } });
    expect(codesOf(asked).length).toBeGreaterThan(0);
    expect(valueIn(await window.api.getRun(id)).experiment.training.optimizer.lr).toBe(0.05);
  });

  it('is planned before it is made: what it would hold follows the draft', async () => {
    await createHello();
    const planned = async () => valueIn(await window.api.planRun()).memoryBytes;
    const before = await planned();
    const patch = { hiddenSize: 100, head: 'linear' } as const;
    valueIn(await window.api.edit({ edit: { kind: 'model', patch }, label }));
    expect(await planned()).toBeGreaterThan(before + 4 * 5 * 100 * 100);
    expect((await window.api.getProject())!.runs).toEqual([]);
  });

  it('is not made of a draft that cannot be run; every problem comes back', async () => {
    await createHello();
    const patch = { epochs: 0, batchSize: 0 };
    valueIn(await window.api.edit({ edit: { kind: 'training', patch }, label }));
    const refused = await window.api.newRun();
    const paths = refused.ok ? [] : refused.problems.map((problem) => problem.path);
    expect(paths).toEqual(expect.arrayContaining(['training.epochs', 'training.batchSize']));
    expect((await window.api.getProject())!.runs).toEqual([]);
  });

  it('leaves rows with a problem out and says which', async () => {
    await createHello();
    const row = { id: 7, input: 'hello', target: 'ohl', split: 'train', note: '' } as const;
    valueIn(await window.api.edit({ edit: { kind: 'rows.insert', at: 1, rows: [row] }, label }));
    const made = await window.api.newRun();
    expect(made.ok && made.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^rows\[1\]: .*5 tokens, .*3;/),
    ]);
    const { dataset } = valueIn(await window.api.getRun(valueIn(made).id)).experiment;
    expect(dataset).toMatchObject({ samples: [{ input: 'hello', target: 'ohlol' }] });
  });
});

describe('two windows', () => {
  it('share one project: the edit of one arrives in the other, and either undoes it', async () => {
    const path = await createHello();
    const other = lab.openWindow();
    valueIn(await other.api.openProject({ path }));
    const outcome = valueIn(await window.api.edit({ edit: { kind: 'name', name: 'ours' }, label }));
    expect(other.drafts).toEqual([outcome]);
    const undone = valueIn(await other.api.undo());
    expect(window.drafts.at(-1)).toEqual(undone);
    expect((await window.api.getProject())!.draft).toEqual((await other.api.getProject())!.draft);
  });

  it('keep it open until the last has closed it', async () => {
    const path = await createHello();
    const other = lab.openWindow();
    valueIn(await other.api.openProject({ path }));
    await window.api.closeProject();
    expect(await window.api.getProject()).toBeNull();
    valueIn(await other.api.edit({ edit: { kind: 'name', name: 'still here' }, label }));
  });
});

describe('a project that cannot be opened', () => {
  it('leaves the one that is open as it is', async () => {
    const path = await createHello();
    const text = join(home, 'text.ohlol');
    writeFileSync(text, 'not a database at all, but long enough to look like something'.repeat(20));
    mkdirSync(join(home, 'folder.ohlol'));
    const whole = readFileSync(path);
    writeFileSync(join(home, 'cut.ohlol'), whole.subarray(0, whole.length / 2));
    const refusals: [string, string][] = [
      [join(home, 'gone.ohlol'), 'project-missing'],
      [join(home, 'folder.ohlol'), 'project-not-a-file'],
      [text, 'project-not-sqlite'],
      [join(home, 'cut.ohlol'), 'project-damaged'],
    ];
    for (const [refused, code] of refusals) {
      expect(codesOf(await window.api.openProject({ path: refused })), refused).toEqual([code]);
      expect((await window.api.getProject())!.path).toBe(path);
    }
    valueIn(await window.api.edit({ edit: { kind: 'name', name: 'untouched' }, label }));
  });

  it('says where one cannot be made', async () => {
    await createHello();
    const source = { kind: 'empty' } as const;
    const taken = join(lab.projects, 'hello-rnn.ohlol');
    expect(existsSync(taken)).toBe(true);
    expect(codesOf(await window.api.createProject({ source, path: taken }))).toEqual(['project-exists']);
    const nowhere = join(home, 'no', 'such', 'a.ohlol');
    expect(codesOf(await window.api.createProject({ source, path: nowhere }))).toEqual(['project-no-folder']);
  });
});

describe('requests of a window', () => {
  it.each([
    ['an unknown command', 'controlRun', [{ runId: '1', command: { kind: 'explode' } }]],
    ['a run id that is SQL', 'getRun', ['1; DROP TABLE run']],
    ['a curve of one point', 'getCurves', [{ runId: '1', metrics: ['loss'], from: 1, to: 9, points: 1 }]],
    [
      'a metric that no epoch has',
      'getCurves',
      [{ runId: '1', metrics: ['prediction'], from: 1, to: 9, points: 9 }],
    ],
    ['a negative limit', 'getEpochs', [{ runId: '1', since: 0, limit: -1 }]],
    ['a patch of an unknown setting', 'edit', [{ edit: { kind: 'training', patch: { x: 1 } }, label }]],
    ['none', 'openProject', []],
  ] as const)('are refused with the call and the place: %s', async (_, method, args) => {
    await createHello();
    const before = await window.api.getProject();
    const call = window.checked[method] as (...given: unknown[]) => Promise<unknown>;
    await expect(call(...args)).rejects.toThrow(`${method}(`);
    const { history, ...after } = (await window.api.getProject())!;
    expect({ ...before, history: null }).toEqual({ ...after, history: null });
    expect(history.revision).toBe(0);
  });
});

describe('exports', () => {
  it.each(exportFormatNames)('%s is accepted, previewed, written and read back', async (format) => {
    await createHello();
    const { id } = await trainToEnd();
    const preview = valueIn(await window.api.previewExport({ runId: id, format }));
    const path = join(home, preview.fileName);
    const written = valueIn(await window.api.writeExport({ runId: id, format, path, overwrite: false }));
    expect(preview).toMatchObject({ bytes: written.bytes, fileName: expect.stringMatching(/^hello/) });
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(written.bytes);
    expect(exportFormats[format].check(bytes)).toMatchObject({ ok: true });
  });

  it('writes weights that can be imported into the draft, undoably', async () => {
    await createHello();
    const { id } = await trainToEnd();
    const path = join(home, 'w.weights.json');
    const request = { runId: id, format: 'weights-json', path, overwrite: false } as const;
    const written = valueIn(await window.api.writeExport(request));
    expect(written.bytes).toBe(readFileSync(path).length);
    expect(codesOf(await window.api.writeExport(request))).toEqual(['file-exists']);

    const preview = valueIn(await window.api.previewExport({ runId: id, format: 'weights-json' }));
    expect(readFileSync(path, 'utf8').startsWith(preview.text)).toBe(true);
    expect(preview.bytes).toBe(written.bytes);
    valueIn(await window.api.importWeights({ kind: 'path', path }));
    const { weights } = JSON.parse(readFileSync(path, 'utf8'));
    const imported = (await window.api.getProject())!.draft.initialWeights!;
    expect(Object.keys(imported)).toEqual(Object.keys(weights));
    for (const [key, { shape, data }] of Object.entries(imported)) {
      expect({ shape, data: data.map(Math.fround) }).toEqual({
        shape: weights[key].shape,
        data: weights[key].data.map(Math.fround),
      });
    }
    valueIn(await window.api.undo());
    expect((await window.api.getProject())!.draft.initialWeights).toBeNull();
  });

  it('refuses weights cut off in the middle and changes nothing', async () => {
    await createHello();
    const { id } = await trainToEnd();
    const path = join(home, 'w.weights.json');
    valueIn(await window.api.writeExport({ runId: id, format: 'weights-json', path, overwrite: false }));
    const whole = readFileSync(path);
    const before = await window.api.getProject();
    const cut = {
      kind: 'contents',
      fileName: 'w.json',
      bytes: whole.subarray(0, whole.length / 2),
    } as const;
    expect(codesOf(await window.api.importWeights(cut)).length).toBeGreaterThan(0);
    expect((await window.api.getProject())!.draft).toEqual(before!.draft);
  });
});
