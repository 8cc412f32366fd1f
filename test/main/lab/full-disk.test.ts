/** A full disk, simulated by SQLite's own limit of pages: nothing is reported as saved that is not. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { EditOutcome, LabEvents, ProjectStatus, RunSummary } from '../../../main/api.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import { type EngineSupervisor, superviseEngine } from '../../../main/engine-process/supervisor.ts';
import { type OpenProject, openProject } from '../../../main/lab/projects/open-project.ts';
import { createTurns } from '../../../main/lab/runs/turns.ts';
import { engineEntry } from '../../../main/paths.ts';
import { createProjectFile, openProjectFile } from '../../../main/project/project-file.ts';
import { patience } from '../../patience.ts';
import { integrityOf } from '../project/project-folder.ts';
import { codesOf, makeHome, removeHome, valueIn } from './open-lab.ts';

const label = { key: 'edit_test', values: {} };

let home: string;
let path: string;
let supervisor: EngineSupervisor;
let project: OpenProject;
const drafts: EditOutcome[] = [];
const runs = new Map<string, RunSummary>();
const statuses: ProjectStatus[] = [];
const window: LabEvents = {
  draftChanged: (event) => void drafts.push(event),
  runChanged: (run) => void runs.set(run.id, run),
  runRemoved() {},
  epochsArrived() {},
  projectChanged: (status) => void statuses.push(status),
  engineChanged() {},
  lookProgressed() {},
  importProgressed() {},
  defectFound() {},
  labSilent() {},
  command() {},
};

function open(file: Parameters<typeof openProject>[0]['file']): OpenProject {
  const made = openProject({
    file,
    engine: supervisor.api,
    looking: supervisor.api,
    inTurn: createTurns(),
    rescueFolder: join(home, 'kept'),
    onRest() {},
    onRunStatus() {},
    onMoved() {},
  });
  made.windows.add(window);
  return made;
}

beforeEach(() => {
  home = makeHome();
  path = join(home, 'a.ohlol');
  for (const list of [drafts, statuses]) list.length = 0;
  runs.clear();
  supervisor = superviseEngine({
    fork: (flags) => forkEngine(engineEntry, flags),
    events: {
      epochs: (event) => project.runs.events.epochs(event),
      checkpoint: (event) => project.runs.events.checkpoint(event),
      state: (event) => project.runs.events.state(event),
    },
    onStatus() {},
    onDeath: (death) => project.runs.engineDied(death),
  });
  const draft = experimentToDraft(findTemplate('hello-rnn')!);
  draft.training.epochs = 1_000_000;
  project = open(valueIn(createProjectFile(path, draft)));
});

afterEach(async () => {
  await project.close('pause', () => {});
  supervisor.close();
  removeHome(home);
});

/** Leaves room for this many more pages. */
function leaveRoom(pages: number): void {
  const { database } = project.keeper.file;
  const { page_count: now } = database.prepare('PRAGMA page_count').get() as { page_count: number };
  database.exec(`PRAGMA max_page_count = ${now + pages}`);
}

const largeText = { kind: 'data', patch: { text: 'x'.repeat(200_000) } } as const;

describe('a full disk', () => {
  it('refuses an edit with a sentence; the draft, the history and the file stay as they were', () => {
    valueIn(project.edit({ kind: 'name', name: 'fits' }, label));
    leaveRoom(4);
    const before = project.view();
    expect(codesOf(project.edit(largeText, label))).toEqual(['disk-full']);
    expect(drafts).toHaveLength(1);
    expect(project.view()).toMatchObject({
      draft: before.draft,
      history: before.history,
      access: { kind: 'stuck', problem: { code: 'disk-full' } },
    });
    expect(statuses.at(-1)?.access.kind).toBe('stuck');
    expect(integrityOf(path)).toBe('ok');
    expect(statSync(join(home, 'a.ohlol-journal'), { throwIfNoEntry: false })).toBeUndefined();
    leaveRoom(10_000);
    valueIn(project.edit(largeText, label));
    expect(project.view().access).toEqual({ kind: 'write' });
    expect(statuses.at(-1)?.access.kind).toBe('write');
  });

  it('pauses a run whose epochs do not fit; they wait, and are saved when there is room', async () => {
    const run = valueIn(await project.newRun());
    leaveRoom(20);
    valueIn(await project.runs.control(run.id, { kind: 'run', epochsPerSecond: null }));
    await vi.waitFor(() => expect(project.keeper.status().access.kind).toBe('stuck'), patience);
    expect(project.keeper.status().access).toMatchObject({ kind: 'stuck', problem: { code: 'disk-full' } });
    const rested = () => {
      expect(runs.get(run.id)?.state.status).toBe('paused');
      expect(runs.get(run.id)!.progress.epoch).toBeGreaterThan(0);
    };
    await vi.waitFor(rested, patience);
    const told = runs.get(run.id)!;
    const rows = valueIn(project.runs.epochs(run.id, 0, 1_000_000));
    expect(rows.at(-1)!.epoch).toBe(told.progress.epoch);
    expect(codesOf(await project.runs.control(run.id, { kind: 'run', epochsPerSecond: null }))).toEqual([
      'disk-full',
    ]);
    expect(codesOf(await project.newRun())).toEqual(['disk-full']);

    leaveRoom(100_000);
    await vi.waitFor(() => expect(statuses.at(-1)?.access.kind).toBe('write'), patience);
    await project.close('pause', () => {});
    project = open(valueIn(openProjectFile(path)));
    expect(project.view().runs).toMatchObject([
      { state: { status: 'paused' }, progress: { epoch: told.progress.epoch } },
    ]);
    expect(valueIn(project.runs.epochs(run.id, 0, 1_000_000))).toEqual(rows);
  });

  it('that stays full costs only what can be trained again: the run goes on from its checkpoint', async () => {
    const run = valueIn(await project.newRun());
    valueIn(await project.runs.control(run.id, { kind: 'step-epoch' }));
    await vi.waitFor(() => expect(runs.get(run.id)?.progress.epoch).toBe(1), patience);
    leaveRoom(20);
    valueIn(await project.runs.control(run.id, { kind: 'run', epochsPerSecond: null }));
    await vi.waitFor(() => expect(project.keeper.status().access.kind).toBe('stuck'), patience);
    await project.close('pause', () => {});
    project = open(valueIn(openProjectFile(path)));
    const [reopened] = project.view().runs;
    expect(reopened!.progress.epoch).toBe(1);
    // The status at the time of the last successful write.
    expect(reopened!.state.status).toMatch(/^(paused|interrupted)$/);
    expect(valueIn(project.runs.epochs(run.id, 0, 1_000_000)).map(({ epoch }) => epoch)).toEqual([1]);
    expect(integrityOf(path)).toBe('ok');
  });
});
