/** The lab in a thread of its own, as hosts have it; and without one, where it cannot be started. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forkEngine } from '../../../main/browser/fork-engine.ts';
import type { EngineChild, Lab } from '../../../main/lab/host.ts';
import { createLab } from '../../../main/lab/lab.ts';
import { engineEntry, labThreadEntry } from '../../../main/paths.ts';
import { hasStatus, makeHome, openWindow, removeHome, valueIn } from './open-lab.ts';

let home: string;
let lab: Lab;
let engines: EngineChild[];
let exits: Promise<void>[];

beforeEach(() => {
  home = makeHome();
  engines = [];
  exits = [];
});

afterEach(() => removeHome(home));

function start(entry = labThreadEntry): void {
  const folders = { projects: join(home, 'projects'), settings: join(home, 'settings') };
  const fork = () => {
    const engine = forkEngine(engineEntry);
    engines.push(engine);
    exits.push(new Promise((resolve) => engine.onExit(() => resolve())));
    return engine;
  };
  lab = createLab({ kind: 'browser', folders, forkEngine: fork }, entry);
}

describe.each([
  ['its own', labThreadEntry],
  ["the windows'", join(import.meta.dirname, 'no-such-thread.ts')],
])('the lab in %s thread', (name, entry) => {
  it('opens, trains, exports, tells its windows, survives its engine, and ends with it', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    start(entry);
    const window = openWindow(lab);
    const source = { kind: 'template', name: 'hello-rnn' } as const;
    valueIn(await window.api.createProject({ source, path: null }));
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: 40 } }));
    await window.runIs(id, ({ progress }) => progress.epoch > 2);
    process.kill(engines[0]!.pid!, 'SIGKILL');
    await window.runIs(id, hasStatus('interrupted'));
    await window.runIs(id, hasStatus('finished'));
    expect(valueIn(await window.api.getEpochs({ runId: id, since: 0, limit: 100 }))).toHaveLength(20);
    const path = join(home, 'w.json');
    valueIn(await window.api.writeExport({ runId: id, format: 'weights-json', path, overwrite: false }));
    await window.disconnect();
    await lab.idle();
    await lab.close();
    await Promise.all(exits);
    expect(engines).toHaveLength(2);
    expect(said).toHaveBeenCalledTimes(name === 'its own' ? 0 : 1);
    said.mockRestore();
  });

  it('passes on what the host says to a window, and what a window asks of the host', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    start(entry);
    const asked: unknown[] = [];
    const told: string[] = [];
    const session = lab.connect({
      post: (text) => void told.push(text),
      showFileDialog: async (request) => {
        asked.push(request);
        return '/chosen';
      },
    });
    session.events.command({ kind: 'undo' });
    const request = { kind: 'open', purpose: 'project', suggestedName: null } as const;
    expect(await session.api.showFileDialog(request)).toBe('/chosen');
    expect(asked).toEqual([request]);
    expect(told.join()).toContain('"undo"');
    expect((await session.api.describe()).dialogs).toBe('system');
    expect(await session.api.getProject()).toBeNull();
    await expect(session.api.openProject({} as never)).rejects.toThrow('openProject');
    await session.disconnect();
    await lab.close();
    await Promise.all(exits);
    said.mockRestore();
  });
});
