/** A window cannot name a path that its user has not chosen, whatever it asks, under both hosts' dialogs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createBirpc } from 'birpc';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExportFormat, exportFormatNames, findExporter } from '../../../engine/formats/exports.ts';
import type { FileDialogRequest, LabApi, LabEvents } from '../../../main/api.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import { isFarPath, whyNoName } from '../../../main/lab/files/file-name-rules.ts';
import type { Lab, WindowSession } from '../../../main/lab/host.ts';
import { createLocalLab } from '../../../main/lab/lab.ts';
import { checkerEntry } from '../../../main/paths.ts';
import { decodeMessage, encodeMessage, type WindowMessage } from '../../../main/window-message.ts';
import { makeProject } from '../project/project-folder.ts';
import { codesOf, makeHome, removeHome, valueIn } from './open-lab.ts';

let home: string;
let projects: string;
let elsewhere: string;
let lab: Lab;

/**
 * A window that has chosen nothing and asks for anything: it sends its calls over the connection as a page
 * does.
 */
interface Stranger {
  api: LabApi;
  session: WindowSession;
  commands: unknown[];
}

function connect(dialog: ((request: FileDialogRequest) => Promise<string | null>) | null = null): Stranger {
  let listen: (message: WindowMessage) => void = () => {};
  const commands: unknown[] = [];
  const session = lab.connect({
    post: (message) => listen(message),
    connectAnew() {},
    showFileDialog: dialog,
  });
  const events = { command: (event: unknown) => void commands.push(event) } as unknown as LabEvents;
  const rpc = createBirpc<LabApi, LabEvents>(events, {
    post: (message) => session.receive(message),
    on: (listener) => {
      listen = listener;
    },
    serialize: encodeMessage,
    deserialize: decodeMessage,
  });
  return { api: rpc as unknown as LabApi, session, commands };
}

beforeEach(() => {
  home = makeHome();
  projects = join(home, 'projects');
  elsewhere = join(home, 'elsewhere');
  mkdirSync(projects);
  mkdirSync(elsewhere);
  lab = createLocalLab({
    kind: 'browser',
    folders: { projects, settings: join(home, 'settings') },
    // Opening and reading a project need no engine.
    forkEngine: () => ({ pid: undefined, post() {}, onMessage() {}, onExit() {}, kill() {} }),
    forkChecker: () => forkEngine(checkerEntry, []),
  });
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

const weights = '{"rnn.weight_ih_l0": [[1]]}';
const source = { kind: 'template', name: 'hello-rnn' } as const;

describe('a window that has chosen nothing', () => {
  it('opens, reads, lists and writes nothing by its path', async () => {
    const path = makeProject(join(elsewhere, 'a.ohlol'));
    writeFileSync(join(elsewhere, 'w.json'), weights);
    const { api } = connect();
    const refused = async (result: Promise<Parameters<typeof codesOf>[0]>) =>
      expect(codesOf(await result)).toEqual(['path-not-chosen']);
    await refused(api.openProject({ path }));
    await refused(api.readFile({ kind: 'path', path: join(elsewhere, 'w.json') }));
    await refused(api.readFile({ kind: 'path', path: '/etc/passwd' }));
    await refused(api.listFolder(elsewhere));
    await refused(api.listFolder(home));
    await refused(api.createProject({ source, path: join(elsewhere, 'b.ohlol') }));
    valueIn(await api.createProject({ source, path: null }));
    await refused(api.saveCopy({ path: join(elsewhere, 'b.ohlol'), overwrite: true }));
    await refused(api.importWeights({ kind: 'path', path: join(elsewhere, 'w.json') }));
    const request = { runId: '1', format: 'metrics-csv', overwrite: true } as const;
    await refused(api.writeExport({ ...request, path: join(elsewhere, 'm.csv') }));
    expect(readdirSync(elsewhere).sort()).toEqual(['a.ohlol', 'w.json']);
  });

  it('leads nowhere by another spelling of a path', async () => {
    makeProject(join(elsewhere, 'a.ohlol'));
    const { api } = connect();
    valueIn(await api.listFolder(null));
    for (const path of [
      join(projects, '..', 'elsewhere', 'a.ohlol').replace('elsewhere', '../home/../elsewhere'),
      `${projects}/../elsewhere/a.ohlol`,
      `${projects}/./../elsewhere/a.ohlol`,
      `${projects}//x.ohlol`,
      'a.ohlol',
      '../elsewhere/a.ohlol',
      `${projects}/x.ohlol\0.json`,
    ]) {
      expect(codesOf(await api.openProject({ path })), path).toEqual(['path-not-chosen']);
      expect(codesOf(await api.createProject({ source, path })), path).toEqual(['path-not-chosen']);
    }
  });

  it('any text for a path comes to a sentence, and nothing is made', async () => {
    const { api } = connect();
    const pieces = fc.constantFrom(
      '/',
      '..',
      '.',
      '\\',
      elsewhere,
      projects,
      'a.ohlol',
      '\0',
      '~',
      'C:',
      ' ',
      'é',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { minLength: 1, maxLength: 6 }), async (parts) => {
        const path = parts.join('');
        const opened = await api.openProject({ path });
        expect(codesOf(opened)[0]).toMatch(/^path-|^project-missing$/);
        expect(readdirSync(elsewhere)).toEqual([]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('what main knows of', () => {
  it('a listing gives its files and folders, and new names beside them', async () => {
    mkdirSync(join(projects, 'inner'));
    makeProject(join(projects, 'inner', 'a.ohlol'));
    writeFileSync(join(projects, 'w.json'), weights);
    writeFileSync(join(projects, 'secret.txt'), 'secret');
    const { api } = connect();
    valueIn(await api.listFolder(null));
    // The inner folder must be listed first.
    expect(codesOf(await api.openProject({ path: join(projects, 'inner', 'a.ohlol') }))).toEqual([
      'path-not-chosen',
    ]);
    valueIn(await api.readFile({ kind: 'path', path: join(projects, 'w.json') }));
    expect(codesOf(await api.readFile({ kind: 'path', path: join(projects, 'secret.txt') }))).toEqual([
      'path-wrong-ending',
    ]);
    const inner = valueIn(await api.listFolder(join(projects, 'inner')));
    valueIn(await api.openProject({ path: join(inner.path, 'a.ohlol') }));
    valueIn(await api.saveCopy({ path: join(inner.path, 'b.ohlol'), overwrite: false }));
    expect(codesOf(await api.saveCopy({ path: join(inner.path, '.b.ohlol'), overwrite: false }))).toEqual([
      'path-no-name',
    ]);
    expect(codesOf(await api.saveCopy({ path: join(inner.path, 'b.bashrc'), overwrite: false }))).toEqual([
      'path-wrong-ending',
    ]);
    // The user goes up, one folder at a time.
    const above = valueIn(await api.listFolder(valueIn(await api.listFolder(projects)).parent));
    expect(above.path).toBe(home);
    valueIn(await api.listFolder(elsewhere));
  });

  it.skipIf(process.platform === 'win32')(
    'hidden entries, pipes and links to folders are not among them',
    async () => {
      mkdirSync(join(projects, '.hidden'));
      writeFileSync(join(projects, '.env.json'), '{}');
      execFileSync('mkfifo', [join(projects, 'pipe.json')]);
      symlinkSync(elsewhere, join(projects, 'link'));
      symlinkSync(makeProject(join(elsewhere, 'a.ohlol')), join(projects, 'shared.ohlol'));
      const { api } = connect();
      const { entries } = valueIn(await api.listFolder(null));
      expect(entries.map(({ name }) => name)).toEqual(['shared.ohlol']);
      for (const name of ['.hidden', 'link']) {
        expect(codesOf(await api.listFolder(join(projects, name)))).toEqual(['path-not-chosen']);
      }
      for (const name of ['.env.json', 'pipe.json']) {
        expect(codesOf(await api.readFile({ kind: 'path', path: join(projects, name) }))).toEqual([
          'path-not-chosen',
        ]);
      }
      valueIn(await api.openProject({ path: join(projects, 'shared.ohlol') }));
    },
  );

  it('a dialog gives the path that was chosen in it, and a save dialog names beside it', async () => {
    const path = makeProject(join(elsewhere, 'a.ohlol'));
    const second = makeProject(join(elsewhere, 'b.ohlol'));
    let answer: string | null = path;
    const { api } = connect(async () => answer);
    await api.showFileDialog({ kind: 'open', purpose: 'project', suggestedName: null, folder: null });
    valueIn(await api.openProject({ path }));
    expect(codesOf(await api.openProject({ path: second }))).toEqual(['path-not-chosen']);
    const deeper = join(home, 'deeper');
    mkdirSync(deeper);
    answer = join(deeper, 'copy');
    await api.showFileDialog({ kind: 'save', purpose: 'project', suggestedName: null, folder: null });
    // The path confirmed in the dialog is allowed, whatever its ending.
    valueIn(await api.saveCopy({ path: answer, overwrite: false }));
    valueIn(await api.saveCopy({ path: join(deeper, 'c.ohlol'), overwrite: false }));
  });

  it('a dialog opens, and a listing shows, where the project and what was chosen lie, and nowhere else', async () => {
    const path = makeProject(join(elsewhere, 'a.ohlol'));
    const deeper = join(home, 'deeper');
    mkdirSync(deeper);
    const asked: (string | null)[] = [];
    let answer: string | null = null;
    const { api, session } = connect(async ({ folder }) => {
      asked.push(folder);
      return answer;
    });
    const open = { kind: 'open', purpose: 'weights', suggestedName: null } as const;
    const ask = (folder: string | null) => api.showFileDialog({ ...open, folder });
    for (const folder of [
      elsewhere,
      projects,
      join(projects, '..', 'elsewhere'),
      `${projects}/../elsewhere`,
      null,
    ]) {
      await ask(folder);
    }
    expect(asked.splice(0)).toEqual([null, projects, null, null, null]);
    session.allow(path);
    valueIn(await api.openProject({ path }));
    answer = join(deeper, 'w.json');
    await ask(elsewhere);
    await ask(deeper);
    await ask(home);
    expect(asked).toEqual([elsewhere, deeper, null]);
    for (const folder of [elsewhere, deeper]) valueIn(await api.listFolder(folder));
    const other = connect().api;
    for (const folder of [elsewhere, deeper]) {
      expect(codesOf(await other.listFolder(folder))).toEqual(['path-not-chosen']);
    }
    // The path is in the list of recent projects.
    valueIn(await other.openProject({ path }));
    valueIn(await other.listFolder(elsewhere));
  });

  it('a dialog to open allows no writing', async () => {
    const path = join(elsewhere, 'w.json');
    writeFileSync(path, weights);
    const { api } = connect(async () => path);
    await api.showFileDialog({ kind: 'open', purpose: 'weights', suggestedName: null, folder: null });
    valueIn(await api.readFile({ kind: 'path', path }));
    const format = 'weights-json';
    for (const other of [path, join(elsewhere, 'x.json')]) {
      expect(codesOf(await api.writeExport({ runId: '1', format, path: other, overwrite: true }))).toEqual([
        'path-not-chosen',
      ]);
    }
  });

  it('a drop, the command line and recent projects', async () => {
    const [dropped, named] = ['a.ohlol', 'b.ohlol'].map((name) => makeProject(join(elsewhere, name)));
    const window = connect();
    window.session.allow(dropped!);
    valueIn(await window.api.openProject({ path: dropped! }));
    expect(codesOf(await window.api.openProject({ path: named! }))).toEqual(['path-not-chosen']);
    window.session.events.command({ kind: 'open-path', path: named! });
    valueIn(await window.api.openProject({ path: named! }));
    // A reloaded window asks again for its project; another window may do so too, from the list on the
    // start screen.
    valueIn(await connect().api.openProject({ path: dropped! }));
  });

  it('the project’s own folder takes exports with their format’s ending', async () => {
    const window = connect();
    window.session.allow(makeProject(join(elsewhere, 'a.ohlol')));
    valueIn(await window.api.openProject({ path: join(elsewhere, 'a.ohlol') }));
    const write = async (name: string, format: ExportFormat = 'weights-json') =>
      codesOf(
        await window.api.writeExport({
          runId: '9',
          format,
          path: join(elsewhere, name),
          overwrite: false,
        }),
      );
    for (const format of exportFormatNames) {
      const { ending } = findExporter(format);
      expect(await write(`run-1${ending}`, format), format).toEqual(['run-missing']);
      expect(await write(`run-1${ending}x`, format), format).toEqual(['path-wrong-ending']);
    }
    expect(await write('w.json')).toEqual(['run-missing']);
    expect(await write('w.sh')).toEqual(['path-wrong-ending']);
    expect(await write('.json')).toEqual(['path-no-name']);
    expect(await write(join('..', 'w.json'))).toEqual(['path-not-chosen']);
    expect(await write(`${dirname(elsewhere)}/w.json`)).toEqual(['path-not-chosen']);
  });

  it.skipIf(process.platform === 'win32')('not even a chosen pipe is waited for', async () => {
    const pipe = join(elsewhere, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', '/dev/stdin']) {
      const { api, session } = connect();
      session.allow(path);
      expect(codesOf(await api.readFile({ kind: 'path', path })), path).toEqual(['file-not-ordinary']);
      expect(codesOf(await api.openProject({ path })), path).toEqual(['project-not-a-file']);
    }
  });
});

describe('names on Windows', () => {
  it.each([
    'CON',
    'nul.ohlol',
    'COM1.json',
    'lpt9',
    'com¹.json',
    'a.ohlol:stream',
    'a.ohlol.',
    'a.ohlol ',
    'a\\b',
    'a?b',
    'conin$',
  ])('%s is none', (name) => expect(whyNoName(name, 'win32')).not.toBeNull());
  it.each(['console.ohlol', 'a b.json', '你好.ohlol', 'comma.json'])('%s is one', (name) =>
    expect(whyNoName(name, 'win32')).toBeNull(),
  );
  it.each(['\\\\server\\share\\a.ohlol', '//server/share/a', '\\\\.\\COM1', '\\\\?\\C:\\a'])(
    '%s is far',
    (path) => {
      expect(isFarPath(path, 'win32')).toBe(true);
      expect(isFarPath(path, 'linux')).toBe(false);
    },
  );
  it('names are cut nowhere: what is too long is said', () => {
    expect(whyNoName(`${'语'.repeat(85)}.ohlol`, 'linux')).toMatch('255 bytes');
    expect(whyNoName('a\u001b[2J.ohlol', 'linux')).toMatch('control');
  });
});
