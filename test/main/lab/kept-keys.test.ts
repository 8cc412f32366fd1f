/**
 * Unknown keys with the names of every object's own members (`constructor` …): what a warning says is kept
 * is kept, everywhere.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { withDatabase } from '../project/project-folder.ts';
import { codesOf, hasStatus, makeHome, removeHome, startTestLab, type TestLab, valueIn } from './open-lab.ts';

let home: string;
let lab: TestLab;

beforeEach(() => {
  home = makeHome();
  lab = startTestLab(home);
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

const names = ['constructor', 'prototype', '__proto__', 'toString', 'mine'];
const label = { key: 'edit_test', values: {} };

/** Inserts keys of these names before the object's others. */
function spoil(text: string, key: string): string {
  const mine = names.map((name) => `${JSON.stringify(name)}: {"kept": ["${name}"]}`).join(', ');
  return text.replace(new RegExp(`("${key}": \\{)`), `$1${mine}, `);
}

const settings = ['model', 'initialState', 'training', 'optimizer', 'scheduler', 'stopWhen', 'earlyStopping'];

function document(): string {
  const hello = findTemplate('hello-rnn')!;
  const { model, training } = hello;
  const whole = {
    ...hello,
    model: { ...model, numLayers: 1, initialState: { values: [[0.5, 0, 0, 0]] } },
    training: {
      ...training,
      epochs: 2,
      scheduler: { name: 'step' as const, stepSize: 3, gamma: 0.5 },
      earlyStopping: { metric: 'loss' as const, patience: 9, minDelta: 0 },
    },
  };
  return [...settings, 'dataset'].reduce(spoil, writeExperiment(whole));
}

const asSource = (text: string) =>
  ({ kind: 'experiment', fileName: 'a.json', bytes: Buffer.from(text) }) as const;

/** The names that an object has as own keys with their whole values. */
function keptIn(value: unknown): string[] {
  const entries = Object.entries(value as object);
  return names.filter((name) =>
    entries.some(([key, item]) => key === name && JSON.stringify(item) === `{"kept":["${name}"]}`),
  );
}

interface Settings {
  model: { initialState: object };
  training: Record<'optimizer' | 'scheduler' | 'stopWhen' | 'earlyStopping', object>;
}

function expectAllKept({ model, training }: Settings, data: unknown): void {
  const places = { model, data, training, ...training, initialState: model.initialState };
  for (const name of [...settings, 'data'])
    expect([name, keptIn(places[name as keyof typeof places])]).toEqual([name, names]);
}

describe('an experiment with them', () => {
  it('keeps them as a project, when it is opened again, in a run and in what is exported', async () => {
    const window = lab.openWindow();
    const made = await window.api.createProject({ source: asSource(document()), path: null });
    const { path } = valueIn(made);
    if (!made.ok) return;
    const said = made.warnings.filter(({ code }) => code === 'unknown-key').map((warning) => warning.path);
    expect(said).toHaveLength(names.length * (settings.length + 1));

    const training = (await window.api.getProject())!.draft.training;
    const { optimizer } = training;
    const faster = { ...optimizer, lr: 0.02 };
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { optimizer: faster } }, label }));
    valueIn(await window.api.undo());
    valueIn(await window.api.redo());
    await window.api.closeProject();
    valueIn(await window.api.openProject({ path }));
    const { draft } = (await window.api.getProject())!;
    expectAllKept(draft as unknown as Settings, draft.data);
    expect(draft.training.optimizer.lr).toBe(0.02);

    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
    await window.runIs(id, hasStatus('finished'));
    await window.api.closeProject();
    valueIn(await window.api.openProject({ path }));
    const to = join(home, 'e.json');
    valueIn(await window.api.writeExport({ runId: id, format: 'experiment', path: to, overwrite: false }));
    const exported = JSON.parse(readFileSync(to, 'utf8'));
    expectAllKept(exported, exported.dataset);
  }, 120_000);

  it('says of those that a project has no place for that they were left out', async () => {
    const text = document()
      .replace('"format"', '"author": "Ada", "format"')
      .replace(
        '"samples": [',
        '"vocabularyFrozen": 5, "samples": [{ "input": "hello", "target": "ohlol", "weight": 2 }, ',
      );
    const window = lab.openWindow();
    const made = await window.api.createProject({ source: asSource(text), path: null });
    if (!made.ok) throw new Error(made.problems[0]!.message);
    const left = made.warnings.filter(({ code }) => code === 'unknown-key-left-out');
    expect(left.map((warning) => warning.path).sort()).toEqual([
      'author',
      'dataset.samples[0].weight',
      'dataset.vocabularyFrozen',
    ]);
    expect(made.value.draft.data.vocabularyFrozen).toBe(false);
  });

  it('given as weights are kept', async () => {
    const window = lab.openWindow();
    const source = { kind: 'template', name: 'hello-rnn' } as const;
    valueIn(await window.api.createProject({ source, path: null }));
    for (const name of names) {
      const weights = JSON.parse(`{"${name}": {"shape": [1], "data": [1]}}`);
      valueIn(await window.api.edit({ edit: { kind: 'initialWeights', weights }, label }));
      expect(Object.keys((await window.api.getProject())!.draft.initialWeights!)).toEqual([name]);
    }
  });
});

describe('a change that an older lab stored with a number that was not finite', () => {
  async function storedChange(change: string, edit: object) {
    const window = lab.openWindow();
    const source = { kind: 'template', name: 'hello-rnn' } as const;
    const { path } = valueIn(await window.api.createProject({ source, path: null }));
    valueIn(await window.api.edit({ edit: { kind: 'name', name: 'first' }, label }));
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 7 } }, label }));
    await window.api.closeProject();
    const put = (column: string) => `UPDATE change SET ${column} = ? WHERE id = (SELECT max(id) FROM change)`;
    withDatabase(path, (database) => database.prepare(put(change)).run(JSON.stringify(edit)));
    valueIn(await window.api.openProject({ path }));
    return window;
  }

  it.each([
    [{ kind: 'training', patch: { epochs: null, seed: 4 } }, 'training.epochs'],
    [{ kind: 'all', edits: [{ kind: 'training', patch: { stopWhen: null, seed: null } }] }, null],
    [
      { kind: 'all', edits: [{ kind: 'model', patch: { initialState: { values: [[null]] } } }] },
      'model.initialState',
    ],
    [{ kind: 'initialWeights', weights: { a: { shape: [1], data: [null] } } }, 'initialWeights'],
  ])('is undone with the default in its place (%j)', async (inverse, mended) => {
    const window = await storedChange('inverse', inverse);
    const undone = await window.api.undo();
    if (mended === null) {
      expect(codesOf(undone)).toEqual(['project-damaged']);
      return;
    }
    if (!undone.ok) throw new Error(undone.problems[0]!.message);
    expect(undone.warnings).toMatchObject([{ code: 'draft-repaired', path: mended }]);
    // The steps before this one can be undone.
    valueIn(await window.api.undo());
    expect((await window.api.getProject())!.draft.name).toBe('hello → ohlol');
    valueIn(await window.api.redo());
  });

  it('is done again with the default in its place', async () => {
    const window = await storedChange('edit', { kind: 'training', patch: { seed: null } });
    valueIn(await window.api.undo());
    const redone = await window.api.redo();
    if (!redone.ok) throw new Error(redone.problems[0]!.message);
    expect(redone.warnings).toMatchObject([{ code: 'draft-repaired', path: 'training.seed' }]);
  });
});
