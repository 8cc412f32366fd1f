/**
 * A user who never rests: edits, undoes, starts, pauses and deletes runs, at random but from a seed, and
 * notes what was confirmed as saved. None of the edits changes what a run computes, so every run has
 * exactly one right result.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Draft, DraftEdit } from '../../engine/data/draft.ts';
import { applyEdit } from '../../engine/data/draft-edits.ts';
import type { Result } from '../../engine/errors.ts';
import type { ProjectView } from '../../main/api.ts';
import { ConnectionLost, type LabDoor } from './lab-door.ts';

/** Random numbers from a seed: mulberry32 (Tommy Ettinger, public domain). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What was confirmed as saved, and the request that was not answered when the lab ended. */
export interface Noted {
  saved: ProjectView;
  asked: { kind: 'edit'; edit: DraftEdit } | { kind: 'run' | 'travel' | 'delete' } | null;
}

export function valueIn<T>(result: Result<T>): T {
  if (!result.ok)
    throw new Error(result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return result.value;
}

/** Acts until the lab ends or `isEnough` says so. */
export async function actUntilItGoes(
  door: LabDoor,
  random: () => number,
  start: ProjectView,
  isEnough: () => boolean,
): Promise<Noted> {
  const noted: Noted = { saved: start, asked: null };
  try {
    while (!isEnough()) {
      await act(door, random, noted);
      const view = await door.api.getProject();
      assert(view);
      noted.saved = view;
      noted.asked = null;
    }
    return noted;
  } catch (error) {
    if (isOver(error)) return noted;
    throw error;
  }
}

/**
 * Opens windows that ask for something and leave before it is answered, until the lab ends or `isEnough`
 * says so. They do not change the project but may leave copies of it. Resolves with the number of windows.
 */
export async function comeAndGo(
  door: LabDoor,
  random: () => number,
  path: string,
  isEnough: () => boolean,
): Promise<number> {
  let windows = 0;
  try {
    while (!isEnough()) {
      const window = await door.another();
      windows += 1;
      const lost = (error: unknown) => {
        if (!(error instanceof ConnectionLost) && !isOver(error)) throw error;
      };
      const asked = askSomething(window, random, path).catch(lost);
      await sleep(random() ** 2 * 200);
      window.close();
      await asked;
    }
  } catch (error) {
    if (!isOver(error)) throw error;
  }
  return windows;
}

async function askSomething({ api }: LabDoor, random: () => number, path: string): Promise<void> {
  const choice = random();
  if (choice < 0.1) {
    await api.createProject({ source: { kind: 'template', name: 'hello-rnncell' }, path: null });
    return;
  }
  const view = valueIn(await api.openProject({ path }));
  if (choice < 0.3) await api.duplicateProject();
  else if (choice < 0.5) await api.closeProject();
  else for (const { id } of view.runs) await api.getEpochs({ runId: id, since: 0, limit: 10_000 });
}

const isOver = (error: unknown) =>
  error instanceof ConnectionLost || /closed|not open|CLOS|ECONN|hang up/i.test(String(error));

/**
 * False: the engine was killed at that moment and did nothing. The lab reports this as `engine-lost`; other
 * refusals throw.
 */
function allowLostEngine(result: Result<unknown>): boolean {
  if (!result.ok && result.problems[0]!.code === 'engine-lost') return false;
  valueIn(result);
  return true;
}

async function act({ api, runIs }: LabDoor, random: () => number, noted: Noted): Promise<void> {
  const label = { key: 'edit_drill', values: {} };
  const { draft, runs, history } = noted.saved;
  const below = (limit: number) => Math.floor(random() * limit);
  const run = runs[below(runs.length)];
  const isUnderWay = run && run.progress.epoch < run.epochs && run.state.status !== 'stopped';
  const choice = below(12);
  if (choice < 3) {
    const edit = harmlessEdit(draft, below);
    noted.asked = { kind: 'edit', edit };
    valueIn(await api.edit({ edit, label }));
  } else if (choice < 5 && (choice === 3 ? history.undo : history.redo)) {
    noted.asked = { kind: 'travel' };
    valueIn(await (choice === 3 ? api.undo() : api.redo()));
  } else if (choice === 5 && run && runs.length > 2) {
    noted.asked = { kind: 'delete' };
    valueIn(await api.changeRun({ runId: run.id, change: { kind: 'delete' }, label }));
  } else if (isUnderWay) {
    noted.asked = { kind: 'run' };
    const kind = (['run', 'run', 'pause', 'step-epoch'] as const)[below(4)]!;
    const command = kind === 'run' ? { kind, epochsPerSecond: 400 + below(2000) } : { kind };
    const answer = await api.controlRun({ runId: run.id, command });
    // The run may have ended meanwhile.
    if (answer.ok && kind === 'pause') await runIs(run.id, ({ state }) => state.status !== 'running');
  } else if (runs.length < 6) {
    noted.asked = { kind: 'run' };
    const made = await api.newRun();
    if (!allowLostEngine(made)) return;
    const command = { kind: 'run', epochsPerSecond: 400 + below(2000) } as const;
    valueIn(await api.controlRun({ runId: valueIn(made).id, command }));
  }
}

/** Edits of switched-off rows, notes or the name: nothing that a run trains on. */
function harmlessEdit(draft: Draft, below: (limit: number) => number): DraftEdit {
  const off = draft.rows.filter((row) => row.split === 'off');
  const row = off[below(off.length)];
  const id = draft.rows.reduce((highest, one) => Math.max(highest, one.id), 0) + 1;
  switch (below(row ? 5 : 2)) {
    case 0:
      return { kind: 'name', name: `name ${id}` };
    case 1: {
      const rows = [0, 1, 2].map(
        (n) => ({ id: id + n, input: 'h', target: 'o', split: 'off', note: '' }) as const,
      );
      return { kind: 'rows.insert', at: below(draft.rows.length + 1), rows: rows.slice(0, 1 + below(3)) };
    }
    case 2:
      return { kind: 'rows.remove', ids: [row!.id] };
    case 3:
      return { kind: 'rows.move', id: row!.id, to: below(draft.rows.length) };
    default:
      return { kind: 'rows.change', rows: [{ id: row!.id, note: `note ${below(1000)}` }] };
  }
}

/** Checks that everything confirmed as saved is there, and nothing that nobody asked for. */
export function checkKept({ saved, asked }: Noted, now: ProjectView): void {
  assert.equal(now.access.kind, 'write');
  const steps = now.history.revision - saved.history.revision;
  if (steps === 0) assert.deepEqual(now.draft, saved.draft);
  else {
    assert.equal(steps, 1, `${steps} changes more than were asked for`);
    assert(asked && asked.kind !== 'run', 'a change that nobody asked for');
    if (asked.kind === 'edit') assert.deepEqual(now.draft, applyEdit(saved.draft, asked.edit).draft);
  }
  const ids = new Set(now.runs.map(({ id }) => id));
  const mayGo = asked?.kind === 'travel' || asked?.kind === 'delete' ? 1 : 0;
  const gone = saved.runs.filter(({ id }) => !ids.has(id));
  assert(gone.length <= mayGo, `runs ${gone.map(({ id }) => id)} are gone`);
  for (const before of saved.runs) {
    const after = now.runs.find(({ id }) => id === before.id);
    if (!after || before.state.status === 'running' || before.state.status === 'interrupted') continue;
    // A run at rest was at a checkpoint; it may have gone on since.
    assert(after.progress.epoch >= before.progress.epoch, `run ${before.id} is behind what was saved`);
    if (before.state.status === 'finished') assert.equal(after.state.status, 'finished');
  }
}
