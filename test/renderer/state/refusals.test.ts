/** A refused edit is not shown as saved, and settings without effect are reported. */
import { expect, it } from 'vitest';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { type Problem, problem, success } from '../../../engine/errors.ts';
import type { LabApi, ProjectView } from '../../../main/api.ts';
import { largestFileBytes } from '../../../main/window-message.ts';
import type { LabConnection } from '../../../renderer/lab.ts';
import { contentsOf } from '../../../renderer/state/file-contents.ts';
import { ProjectState } from '../../../renderer/state/project.svelte.ts';
import { showWithoutEffect } from '../../../renderer/state/report.ts';
import { toasts } from '../../../renderer/state/toasts.svelte.ts';

const label = { key: 'edit_test', values: {} };

async function openProject(edit: LabApi['edit']) {
  const sent: unknown[] = [];
  const history = { revision: 1, undo: null, redo: null, savedAt: '' };
  const view = {
    path: '/a.ohlol',
    access: { kind: 'write' },
    draft: emptyDraft(),
    history,
    runs: [],
    warnings: [],
  };
  const api = {
    openProject: async () => success(view as unknown as ProjectView),
    getProject: async () => view as unknown as ProjectView,
    edit(request: Parameters<LabApi['edit']>[0]) {
      sent.push(request);
      return edit(request);
    },
  } as unknown as LabApi;
  const connection: LabConnection = { api, handlers: {}, onConnection: () => {} };
  const project = new ProjectState(connection);
  await project.open('/a.ohlol');
  return { project, sent };
}

it('an edit that main throws on is taken back from the screen', async () => {
  const { project } = await openProject(async () => {
    throw new Error('edit(0.edit.name)');
  });
  const refused = await project.edit({ kind: 'name', name: 'mine' }, label);
  expect(refused).toMatchObject({ ok: false, problems: [{ code: 'defect' }] });
  expect(project.draft!.name).toBe('Untitled');
  expect(project.saving).toBe(0);
});

it('an edit beyond the limits is neither shown nor sent', async () => {
  const { project, sent } = await openProject(async () => {
    throw new Error('not to be asked');
  });
  const refused = await project.edit({ kind: 'name', name: 'n'.repeat(1001) }, label);
  expect(refused).toMatchObject({
    ok: false,
    problems: [{ code: 'too-long', details: { count: 1001, limit: 1000 } }],
  });
  expect([project.draft!.name, sent]).toEqual(['Untitled', []]);
});

it('what a run has no use for is said; rows that stay out of it are said elsewhere', () => {
  const unused: Problem = problem('unused-target', 'rows[0].target', 'the target is not read', { count: 1 });
  showWithoutEffect([problem('unequal-length', 'rows[1]', 'unequal'), unused]);
  expect(toasts.list.map(({ text }) => text())).toEqual([
    'A language model predicts its own input: 1 targets are not read. They are kept.',
  ]);
});

it('a file goes to the lab as its bytes, whatever they are, within the limit', async () => {
  const given = (bytes: Uint8Array<ArrayBuffer>, size = bytes.length) => ({
    name: 'f',
    size,
    arrayBuffer: async () => bytes.buffer,
  });
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256);
  const contents = await contentsOf(given(bytes));
  expect(contents.ok && contents.value).toEqual({ fileName: 'f', bytes });
  expect(await contentsOf(given(bytes, largestFileBytes + 1))).toMatchObject({
    problems: [{ code: 'file-too-large', details: { bytes: 64_000_001, limit: 64_000_000 } }],
  });
});
