/**
 * The crash drill: a lab under the browser host and a user who never rests. At random moments the lab, its engine or
 * both get SIGKILL, or the user's window is reloaded, while other windows come, ask for something and go. After each:
 * the file is sound, opens, and holds everything that was confirmed as saved, and every run goes on to the same bytes
 * as an undisturbed one.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeExperiment } from '../../engine/formats/experiment.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import type { ProjectView } from '../../main/api.ts';
import { closeProjectFile, openProjectFile } from '../../main/project/project-file.ts';
import { type LabProcess, makeHome, removeHome, startLab } from '../lab-process.ts';
import { enterLab, type LabDoor } from './lab-door.ts';
import { actUntilItGoes, checkKept, comeAndGo, type Noted, seededNumbers, valueIn } from './user.ts';

export interface DrillOptions {
  seed: number;
  rounds: number;
  report(line: string): void;
}

const victims = ['lab', 'engine', 'both', 'window'] as const;
type Victim = (typeof victims)[number];

/**
 * The experiments are long enough to be killed in and use everything that a checkpoint must carry: order,
 * masks, gates, momentum.
 */
function experiments(): ExperimentDocument[] {
  const hello = findTemplate('hello-rnn')!;
  const training = { ...hello.training, epochs: 1500 };
  const samples = ['hello ohlol', 'hole eloh', 'leh hel', 'ohell lleho'].map((pair) => {
    const [input, target] = pair.split(' ') as [string, string];
    return { input, target };
  });
  const large = structuredClone(hello);
  Object.assign(large.dataset, { samples });
  Object.assign(large.model, { cell: 'lstm', hiddenSize: 6, numLayers: 2, dropout: 0.2, head: 'linear' });
  Object.assign(large.training, { epochs: 600, batchSize: 2, shuffle: true, seed: 7 });
  // The checkpoints of this one are so large that they are written to the file in parts.
  const wide = structuredClone(hello);
  Object.assign(wide.model, { cell: 'gru', hiddenSize: 200, head: 'linear' });
  Object.assign(wide.training, { epochs: 500 });
  return [{ ...hello, training }, large, wide];
}

/** The result of a finished run: every epoch without its times, and the weights file. */
interface Ending {
  rows: unknown[];
  weights: string;
}

async function finishRun({ api, runIs }: LabDoor, runId: string, home: string): Promise<Ending> {
  const start = valueIn(await api.getRun(runId)).summary;
  if (start.state.status !== 'finished') {
    valueIn(await api.controlRun({ runId, command: { kind: 'run', epochsPerSecond: null } }));
    const end = await runIs(
      runId,
      ({ state }) => !['running', 'paused', 'interrupted'].includes(state.status),
    );
    assert.equal(end.state.status, 'finished');
  }
  const rows = valueIn(await api.getEpochs({ runId, since: 0, limit: 10_000 }));
  const path = join(home, 'projects', `run-${runId}.json`);
  valueIn(await api.writeExport({ runId, format: 'weights-json', path, overwrite: true }));
  const weights = readFileSync(path, 'utf8');
  rmSync(path);
  return { rows: rows.map(({ trainedMs: _, ...row }) => row), weights };
}

/** The processes that a lab has started: its engine. */
function childrenOf(lab: LabProcess): number[] {
  try {
    const listed = execFileSync('pgrep', ['-P', String(lab.process.pid)], { encoding: 'utf8' });
    return listed.trim().split('\n').map(Number);
  } catch {
    // pgrep exits with an error when there are none.
    return [];
  }
}

async function kill(lab: LabProcess, victim: Victim): Promise<void> {
  // The drill itself closes the window.
  if (victim === 'window') return;
  const engines = childrenOf(lab);
  const exited = lab.process.exitCode === null ? once(lab.process, 'exit') : null;
  if (victim !== 'engine') lab.process.kill('SIGKILL');
  for (const pid of victim === 'lab' ? [] : engines) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The lab's end was faster.
    }
  }
  if (victim !== 'engine') await exited;
}

/** After a crash of the engine alone, runs go on without a click. */
async function checkGoingOn({ api, runIs }: LabDoor): Promise<void> {
  for (const { id, state } of (await api.getProject())!.runs) {
    // A run that was asked for a single epoch pauses after it.
    if (state.status === 'interrupted') await runIs(id, (run) => run.state.status !== 'interrupted');
  }
}

function checkFile(path: string): void {
  const database = new DatabaseSync(path);
  try {
    assert.equal(database.prepare('PRAGMA integrity_check').get()!.integrity_check, 'ok');
    assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
  } finally {
    database.close();
  }
}

/**
 * Checks that every copy made by other windows is whole and open nowhere; returns how many there are. A
 * copy that was left half made by a kill has no name yet.
 */
function checkCopies(home: string, projects: string[]): number {
  const folder = join(home, 'projects');
  let whole = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (projects.includes(path)) continue;
    if (name.endsWith('.ohlol') && !name.startsWith('.')) {
      checkFile(path);
      const opened = valueIn(openProjectFile(path));
      assert.equal(opened.readOnly, null);
      closeProjectFile(opened);
      whole += 1;
    }
    // A journal left beside a copy goes when the copy is opened.
    rmSync(path, { force: true });
  }
  return whole;
}

export async function runDrill({ seed, rounds, report }: DrillOptions): Promise<void> {
  const random = seededNumbers(seed);
  const home = makeHome();
  let lab = await startLab(home);
  try {
    let door = await enterLab(lab.url);
    let windows = 0;
    let copies = 0;
    const projects: { path: string; ending: Ending; view: ProjectView }[] = [];
    for (const [index, experiment] of experiments().entries()) {
      const source = {
        kind: 'experiment',
        fileName: `${index}.json`,
        bytes: Buffer.from(writeExperiment(experiment)),
      } as const;
      const { path } = valueIn(await door.api.createProject({ source, path: null }));
      const calm = valueIn(await door.api.newRun());
      const ending = await finishRun(door, calm.id, home);
      projects.push({ path, ending, view: (await door.api.getProject())! });
    }
    for (let round = 1; round <= rounds; round++) {
      const project = projects[round % projects.length]!;
      const victim = victims[Math.floor(random() * victims.length)]!;
      const afterMs = Math.floor(random() ** 2 * 1500);
      let noted: Noted = { saved: valueIn(await door.api.openProject({ path: project.path })), asked: null };
      let isEnough = false;
      const acting = actUntilItGoes(door, random, noted.saved, () => isEnough);
      const others = comeAndGo(door, random, project.path, () => isEnough);
      await Promise.race([sleep(afterMs), acting, others.then(() => acting)]);
      await kill(lab, victim);
      if (victim === 'engine') {
        await sleep(random() * 300);
        isEnough = true;
        noted = await acting;
        await checkGoingOn(door);
        await kill(lab, 'both');
      } else if (victim === 'window') {
        door.close();
        const { asked } = await acting;
        door = await door.another();
        const saved = valueIn(await door.api.openProject({ path: project.path }));
        checkKept(await acting, saved);
        // The request that was under way may still be carried out.
        noted = { saved, asked };
        isEnough = true;
        await kill(lab, 'both');
      } else noted = await acting;
      isEnough = true;
      windows += await others;
      door.close();

      lab = await startLab(home);
      door = await enterLab(lab.url);
      checkFile(project.path);
      copies += checkCopies(
        home,
        projects.map(({ path }) => path),
      );
      project.view = valueIn(await door.api.openProject({ path: project.path }));
      checkKept(noted, project.view);
      const goesOn = project.view.runs.filter(({ state }) => state.status !== 'stopped');
      const from = goesOn
        .filter(({ state }) => state.status === 'interrupted')
        .map(({ progress }) => progress.epoch);
      for (const { id } of goesOn) assert.deepEqual(await finishRun(door, id, home), project.ending);
      report(
        `${round}: ${victim} after ${afterMs} ms at revision ${noted.saved.history.revision}, ` +
          `${goesOn.length} runs as they should be${from.length > 0 ? `, resumed from epoch ${from.join(', ')}` : ''}`,
      );
      await forgetRuns(door, project.view);
    }
    await lab.stop();
    report(`${windows} windows came and went meanwhile, and left ${copies} copies and new projects`);
    const left = readdirSync(join(home, 'projects')).filter((name) => !name.endsWith('.ohlol'));
    assert.deepEqual(left, []);
  } finally {
    await lab.kill();
    removeHome(home);
  }
}

/** Deletes all runs but the first: with many runs the drill becomes slower and slower. */
async function forgetRuns({ api }: LabDoor, { runs }: ProjectView): Promise<void> {
  for (const { id } of runs.slice(1)) {
    const label = { key: 'edit_drill', values: {} };
    valueIn(await api.changeRun({ runId: id, change: { kind: 'delete' }, label }));
  }
}
