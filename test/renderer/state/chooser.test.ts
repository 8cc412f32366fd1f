/** The folders in which the file dialogs open. */
import { expect, it } from 'vitest';
import type { FileDialogRequest } from '../../../main/api.ts';
import { ChooserState } from '../../../renderer/state/chooser.svelte.ts';
import type { LabState } from '../../../renderer/state/lab.svelte.ts';
import type { ProjectState } from '../../../renderer/state/project.svelte.ts';

function makeChooser(dialogs: 'system' | 'window', project: string | null) {
  const folders: (string | null)[] = [];
  const answers: (string | null)[] = [];
  const showFileDialog = async ({ folder }: FileDialogRequest) => {
    folders.push(folder);
    return answers.shift() ?? null;
  };
  const lab = { description: { dialogs }, api: { showFileDialog } } as unknown as LabState;
  const chooser = new ChooserState(lab, { path: project } as ProjectState);
  return { chooser, folders, answers };
}
const weights = { kind: 'open', purpose: 'weights', suggestedName: null } as const;
const output = { kind: 'save', purpose: 'export', suggestedName: 'a.csv' } as const;

it('a dialog opens beside the project, then where the last file for its purpose was', async () => {
  const { chooser, folders, answers } = makeChooser('system', '/lessons/a.ohlol');
  answers.push('/downloads/w.json', null, '/results/a.csv');
  for (const request of [weights, weights, output, output, weights]) await chooser.choose(request);
  expect(folders).toEqual(['/lessons', '/downloads', '/lessons', '/results', '/downloads']);
});

it('without a project it opens where projects go', async () => {
  const { chooser, folders } = makeChooser('system', null);
  await chooser.choose(weights);
  expect(folders).toEqual([null]);
});

it('the window’s own chooser does the same', async () => {
  const { chooser } = makeChooser('window', '/lessons/a.ohlol');
  const first = chooser.choose(weights);
  expect(chooser.request?.folder).toBe('/lessons');
  chooser.answer('/downloads/w.json');
  expect(await first).toBe('/downloads/w.json');
  void chooser.choose(weights);
  expect(chooser.request?.folder).toBe('/downloads');
});
