import { describe, expect, it } from 'vitest';
import type { Draft, DraftEdit } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { EditOutcome, LabApi, ProjectAccess, ProjectView } from '../../../main/api.ts';
import type { LabConnection } from '../../../renderer/lab.ts';
import { ProjectState } from '../../../renderer/state/project.svelte.ts';

/** A lab with one project in memory; each answer waits for `answer`. */
function fakeLab() {
  let draft: Draft = experimentToDraft(findTemplate('hello-rnn')!);
  let revision = 5;
  let refuse = false;
  let pulls = 0;
  let access: ProjectAccess = { kind: 'write' };
  const calls: unknown[][] = [];
  const held: (() => void)[] = [];
  const inverses: DraftEdit[] = [];
  const history = () => ({ revision, undo: null, redo: null, savedAt: '' });
  const view = () =>
    ({
      path: '/a.ohlol',
      access,
      draft,
      history: history(),
      runs: [],
      warnings: [],
    }) as unknown as ProjectView;
  const hold = () => new Promise<void>((resolve) => void held.push(resolve));
  const commit = (edit: DraftEdit): EditOutcome => {
    const applied = applyEdit(draft, edit);
    draft = applied.draft;
    inverses.push(applied.inverse);
    revision += 1;
    return { edit, history: history() };
  };
  const api = {
    openProject: async () => success(view()),
    async getProject() {
      pulls += 1;
      return view();
    },
    async closeProject(...args: unknown[]) {
      calls.push(args);
    },
    async edit({ edit }: { edit: DraftEdit }): Promise<Result<EditOutcome>> {
      await hold();
      return refuse ? failure(problem('no', '', 'no')) : success(commit(edit));
    },
    async undo() {
      await hold();
      return success(commit(inverses.pop()!));
    },
  } as unknown as LabApi;
  const connection: LabConnection = { api, handlers: {}, onConnection: () => {} };
  return {
    connection,
    lab: () => draft,
    /** How often everything was asked for anew. */
    pulls: () => pulls,
    calls,
    statusIs(next: ProjectAccess) {
      access = next;
      connection.handlers.projectChanged!({ path: '/a.ohlol', fileBytes: 0, access });
    },
    /** Puts another file with other contents behind the project. */
    replace(name: string) {
      draft = { ...draft, name };
    },
    refuseNext: () => {
      refuse = true;
    },
    /** An edit by another window. */
    elsewhere: (edit: DraftEdit) => connection.handlers.draftChanged!(commit(edit)),
    async answer() {
      await settle();
      held.shift()!();
      await settle();
    },
  };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));
const rename = (name: string): DraftEdit => ({ kind: 'name', name });
const label = { key: 'edit_name', values: {} };
const seed = (value: number): DraftEdit => ({ kind: 'training', patch: { seed: value } });

describe('the open project', () => {
  async function opened() {
    const fake = fakeLab();
    const project = new ProjectState(fake.connection);
    await project.open('/a.ohlol');
    return { ...fake, project };
  }

  it('shows an edit at once and counts it as saved when the lab has it', async () => {
    const { project, answer, lab } = await opened();
    const sent = project.edit(rename('one'), label);
    expect(project.draft!.name).toBe('one');
    expect([project.saving, project.history!.revision]).toEqual([1, 5]);
    await answer();
    expect((await sent).ok).toBe(true);
    expect([project.saving, project.history!.revision]).toEqual([0, 6]);
    expect(project.draft).toEqual(lab());
  });

  it('sends edits one after another and keeps those that wait on screen', async () => {
    const { project, answer, lab } = await opened();
    void project.edit(rename('one'), label);
    const second = project.edit(seed(7), label);
    await answer();
    expect([project.draft!.name, project.draft!.training.seed, lab().training.seed]).toEqual(['one', 7, 2]);
    await answer();
    await second;
    expect(project.draft).toEqual(lab());
  });

  it('keeps what was typed ahead on screen when everything is pulled anew', async () => {
    const { project, answer, elsewhere, lab, refuseNext } = await opened();
    const first = project.edit(rename('one'), label);
    const second = project.edit(seed(7), label);
    const third = project.edit({ kind: 'training', patch: { epochs: 33 } }, label);
    await settle();
    // Another window was faster: the answer to the first edit shows a gap.
    elsewhere({ kind: 'training', patch: { batchSize: 4 } });
    await answer();
    await first;
    expect(project.draft!.training).toMatchObject({ seed: 7, epochs: 33, batchSize: 4 });
    expect([project.draft!.name, lab().training.seed]).toEqual(['one', 2]);
    // The second edit is refused; the third is still on its way and stays.
    refuseNext();
    await answer();
    expect((await second).ok).toBe(false);
    expect(project.draft!.training).toMatchObject({ seed: 2, epochs: 33, batchSize: 4 });
    await answer();
    await third;
    expect(project.draft).toEqual(lab());
  });

  it('takes a refused edit back, and keeps the one after it', async () => {
    const { project, answer, lab, refuseNext } = await opened();
    refuseNext();
    const refused = project.edit(rename('one'), label);
    expect(project.draft!.name).toBe('one');
    await answer();
    expect((await refused).ok).toBe(false);
    expect(project.draft).toEqual(lab());
  });

  it('says no to an edit that does not fit, without asking', async () => {
    const { project, lab } = await opened();
    const result = await project.edit({ kind: 'rows.remove', ids: [99] }, label);
    expect(result.ok).toBe(false);
    expect(project.draft).toEqual(lab());
  });

  it('follows another window, also while an edit of its own is under way', async () => {
    const { project, answer, elsewhere, lab } = await opened();
    elsewhere(seed(3));
    await settle();
    expect(project.draft!.training.seed).toBe(3);
    const own = project.edit(rename('mine'), label);
    await settle();
    elsewhere(seed(4));
    await answer();
    await own;
    expect(project.draft).toEqual(lab());
    expect([project.draft!.name, project.draft!.training.seed]).toEqual(['mine', 4]);
    expect(project.history!.revision).toBe(8);
  });

  it('pulls everything where it missed something', async () => {
    const { project, connection, lab } = await opened();
    const { draftChanged } = connection.handlers;
    connection.handlers.draftChanged = () => {};
    const fake = { kind: 'name', name: 'late' } as const;
    void fake;
    draftChanged!({ edit: rename('late'), history: { revision: 9, undo: null, redo: null, savedAt: '' } });
    await settle();
    expect(project.draft).toEqual(lab());
  });

  it('undoes what the lab undoes, never twice', async () => {
    const { project, answer, lab } = await opened();
    const sent = project.edit(rename('one'), label);
    await answer();
    await sent;
    const undone = project.undo();
    await answer();
    await undone;
    expect(project.draft!.name).toBe('hello → ohlol');
    expect(project.draft).toEqual(lab());
  });

  it('an undo that arrives under what was typed since keeps it, and the rows that neither changes', async () => {
    const { project, answer, lab, pulls } = await opened();
    const sent = project.edit(rename('one'), label);
    await answer();
    await sent;
    const [row] = project.draft!.rows;
    const before = pulls();
    const undone = project.undo();
    void project.edit(seed(7), label);
    const last = project.edit({ kind: 'model', patch: { hiddenSize: 9 } }, label);
    await answer();
    await undone;
    const { name, training, model } = project.draft!;
    expect([name, training.seed, model.hiddenSize]).toEqual(['hello → ohlol', 7, 9]);
    await answer();
    await answer();
    await last;
    expect(project.draft).toEqual(lab());
    expect(project.draft!.rows[0]).toBe(row);
    expect(pulls()).toBe(before);
  });

  it('has problems, vocabulary and sizes of the rows as they are', async () => {
    const { project } = await opened();
    expect([project.problems, project.sizes]).toEqual([[], { inputSize: 4, outputSize: 4 }]);
    void project.edit({ kind: 'rows.change', rows: [{ id: 1, target: 'ohlo' }] }, label);
    expect(project.problemCount).toBe(1);
    void project.edit({ kind: 'rows.change', rows: [{ id: 1, target: 'ohlox' }] }, label);
    expect(project.vocabulary.vocabulary).toEqual(['e', 'h', 'l', 'o', 'x']);
  });
});

describe('where the project is kept', () => {
  const locked = { kind: 'read-only', problem: problem('project-locked', '', 'locked') } as const;

  it('is pulled anew when it takes changes again: another lab has had it', async () => {
    const { connection, replace, statusIs } = fakeLab();
    const project = new ProjectState(connection);
    await project.open('/a.ohlol');
    let anew = 0;
    project.onAnew = () => {
      anew += 1;
    };
    statusIs(locked);
    await settle();
    replace('theirs');
    statusIs({ kind: 'write' });
    await settle();
    expect([project.draft!.name, project.access.kind, anew]).toEqual(['theirs', 'write', 2]);
    // The same status again is not a change.
    statusIs({ kind: 'write' });
    await settle();
    expect(anew).toBe(2);
  });

  it('is closed without an answer where nothing was asked: JSON has no undefined', async () => {
    const { connection, calls } = fakeLab();
    const project = new ProjectState(connection);
    await project.open('/a.ohlol');
    await project.close();
    await project.close('stop');
    expect(calls).toEqual([[], ['stop']]);
  });
});
