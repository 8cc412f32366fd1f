/** The lab in a thread of its own, as hosts run it; and without a thread, where none can be started. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import type { Problem } from '../../../engine/errors.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import type { Lab } from '../../../main/lab/host.ts';
import { createLab } from '../../../main/lab/thread/lab-in-thread.ts';
import { LabLost } from '../../../main/lab/thread/start-thread.ts';
import type { ThreadPatience } from '../../../main/lab/thread/thread-watch.ts';
import { checkerEntry, engineEntry, labThreadEntry } from '../../../main/paths.ts';
import { patience } from '../../patience.ts';
import { hasStatus, makeHome, openWindow, removeHome, valueIn } from './open-lab.ts';
import type { Order } from './thread-orders.ts';

let home: string;
let lab: Lab;
let engines: EngineChild[];
let exits: Promise<void>[];
let gone: Problem[];

beforeEach(() => {
  home = makeHome();
  engines = [];
  exits = [];
  gone = [];
});

afterEach(() => removeHome(home));

function start(entry = labThreadEntry, silence?: ThreadPatience): void {
  const folders = { projects: join(home, 'projects'), settings: join(home, 'settings') };
  const fork = (flags: readonly string[]) => {
    const engine = forkEngine(engineEntry, flags);
    engines.push(engine);
    exits.push(new Promise((resolve) => engine.onExit(() => resolve())));
    return engine;
  };
  const onLabGone = (why: Problem) => void gone.push(why);
  const forkChecker = () => forkEngine(checkerEntry, []);
  lab = createLab({ kind: 'browser', folders, forkEngine: fork, forkChecker, onLabGone }, entry, silence);
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
      post: (message) => void told.push(String(message)),
      connectAnew() {},
      showFileDialog: async (request) => {
        asked.push(request);
        return '/chosen';
      },
    });
    session.events.command({ kind: 'undo' });
    const request = { kind: 'open', purpose: 'project', suggestedName: null, folder: null } as const;
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

const dying = join(import.meta.dirname, 'dying-thread.ts');

function die(how: Order): void {
  mkdirSync(join(home, 'settings'), { recursive: true });
  // The thread may find the file at any time, so it must be complete when it appears.
  writeFileSync(join(home, 'settings', 'order'), how);
  renameSync(join(home, 'settings', 'order'), join(home, 'settings', 'die'));
}

describe("the lab's thread that ends", () => {
  let said: MockInstance;
  beforeEach(() => {
    said = vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(async () => {
    await lab.close();
    said.mockRestore();
  });

  it('is followed by another, and windows go on there', async () => {
    start(dying);
    let anew = 0;
    const window = openWindow(lab, () => {
      anew += 1;
    });
    const source = { kind: 'template', name: 'hello-rnn' } as const;
    const { path } = valueIn(await window.api.createProject({ source, path: null }));
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: 1 } }));
    await window.runIs(id, ({ progress }) => progress.epoch > 0);
    const idle = lab.idle();
    die('exit');
    await vi.waitFor(() => expect(anew).toBe(1), { timeout: 90_000 });
    // Calls to the dead thread do not wait forever.
    await idle;
    await window.disconnect();

    const again = openWindow(lab);
    const view = valueIn(await again.api.openProject({ path }));
    expect(view.access).toEqual({ kind: 'write' });
    expect(view.runs).toMatchObject([{ state: { status: 'interrupted' } }]);
    expect(again.defects).toMatchObject([{ code: 'lab-died' }]);
    valueIn(await again.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
    await again.runIs(id, hasStatus('finished'));
    // The dead thread's engine has ended too.
    await exits[0];
    expect(gone).toEqual([]);
  }, 120_000);

  it('keeps nobody waiting who had asked it something', async () => {
    start(dying);
    const asked = Promise.withResolvers<void>();
    const session = lab.connect({
      post() {},
      connectAnew() {},
      showFileDialog() {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const request = { kind: 'open', purpose: 'project', suggestedName: null, folder: null } as const;
    const lost = expect(session.api.showFileDialog(request)).rejects.toThrow(LabLost);
    await asked.promise;
    die('exit');
    await lost;
  });

  it('three times in a row is said to its host, which ends; it keeps nobody waiting', async () => {
    start(dying);
    openWindow(lab, () => {});
    mkdirSync(join(home, 'settings'), { recursive: true });
    writeFileSync(join(home, 'settings', 'die-always'), '');
    await vi.waitFor(() => expect(gone).toMatchObject([{ code: 'lab-gone' }]), { timeout: 90_000 });
    await lab.idle();
    await lab.close();
    expect(() => openWindow(lab)).not.toThrow();
  }, 120_000);

  it.each(['reject', 'throw'] as const)(
    'survives what nobody caught (%s), and tells its windows',
    async (how) => {
      start(dying);
      const window = openWindow(lab);
      const source = { kind: 'template', name: 'hello-rnn' } as const;
      valueIn(await window.api.createProject({ source, path: null }));
      die(how);
      await vi.waitFor(() => expect(window.defects).toMatchObject([{ code: 'lab-defect' }]), {
        timeout: 90_000,
      });
      expect(window.defects[0]!.message).not.toContain('SQLITE_BUSY');
      const label = { key: 'edit_test', values: {} };
      valueIn(await window.api.edit({ edit: { kind: 'name', name: 'goes on' }, label }));
      expect((await window.api.getProject())!.draft.name).toBe('goes on');
    },
  );
});

describe("the lab's thread that does not answer", () => {
  /** A busy machine may exceed this patience as well; then some events come twice, and nothing else differs. */
  const soon: ThreadPatience = { beatMs: 100, beats: 10 };
  const source = { kind: 'template', name: 'hello-rnn' } as const;
  let said: MockInstance;
  beforeEach(() => {
    said = vi.spyOn(console, 'error').mockImplementation(() => {});
    start(dying, soon);
  });
  afterEach(async () => {
    await lab.close();
    said.mockRestore();
  });

  it('is said to its windows, and to those that come meanwhile; one of them ends it, and all go on in another', async () => {
    const anew: number[] = [];
    const window = openWindow(lab, () => anew.push(1));
    const { path } = valueIn(await window.api.createProject({ source, path: null }));
    die('spin');
    await vi.waitFor(() => expect(window.silences.at(-1)).toBe(true), patience);
    const late = openWindow(lab, () => anew.push(2));
    await vi.waitFor(() => expect(late.silences).toEqual([true]), patience);
    // Other calls do not end the thread.
    void late.api.describe();
    expect(anew).toEqual([]);
    void window.api.endLab();
    await vi.waitFor(() => expect(anew).toEqual([1, 2]), patience);

    const again = openWindow(lab);
    expect(valueIn(await again.api.openProject({ path })).access).toEqual({ kind: 'write' });
    expect(again.defects).toMatchObject([{ code: 'lab-died' }]);
    expect(gone).toEqual([]);
    await Promise.all(exits.slice(0, 1));
  });

  it('that answers again has lost nothing, and its windows hear so', async () => {
    const window = openWindow(lab);
    valueIn(await window.api.createProject({ source, path: null }));
    const spins = join(home, 'settings', 'spins');
    writeFileSync(spins, '');
    die('spin-a-while');
    await vi.waitFor(() => expect(window.silences.at(-1)).toBe(true), patience);
    const edited = window.api.edit({
      edit: { kind: 'name', name: 'waited' },
      label: { key: 'edit_test', values: {} },
    });
    rmSync(spins);
    valueIn(await edited);
    await vi.waitFor(() => expect(window.silences.at(-1)).toBe(false), patience);
    // The thread answers again, so endLab has no effect.
    await window.api.endLab();
    expect((await window.api.getProject())!.draft.name).toBe('waited');
    expect(window.defects).toEqual([]);
  });

  it('keeps nobody from leaving', async () => {
    const window = openWindow(lab);
    valueIn(await window.api.createProject({ source, path: null }));
    die('spin');
    await vi.waitFor(() => expect(window.silences.at(-1)).toBe(true), patience);
    await lab.idle();
    await lab.close();
    await Promise.all(exits);
    expect(gone).toEqual([]);
  });
});
