/**
 * Windows that reload, close, or send what no page sends, at any point where the lab waits: the lab
 * survives.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeMessage, largestMessageBytes, type WindowMessage } from '../../../main/window-message.ts';
import { seededNumbers } from '../../crash/user.ts';
import { makeProject, withDatabase } from '../project/project-folder.ts';
import { makeHome, removeHome, startHelloLab, type TestLab, type TestWindow, valueIn } from './open-lab.ts';

const label = { key: 'edit_test', values: {} };
const seed = (value: number) => ({ edit: { kind: 'training', patch: { seed: value } }, label }) as const;

let home: string;
let lab: TestLab;
let window: TestWindow;
let path: string;
let unhandled: unknown[];
const note = (reason: unknown) => void unhandled.push(reason);

beforeEach(async () => {
  home = makeHome();
  unhandled = [];
  process.on('unhandledRejection', note);
  ({ lab, window, path } = await startHelloLab(home));
});

afterEach(async () => {
  await lab.close();
  process.off('unhandledRejection', note);
  removeHome(home);
});

const holders = (place: string) =>
  withDatabase(place, (database) => database.prepare('SELECT pid FROM lock').all());

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await setImmediate();
};

/** Checks that no other window has the project open, and that this one can edit and close it. */
async function isLeft(place: string): Promise<void> {
  const other = lab.openWindow();
  valueIn(await other.api.openProject({ path: place }));
  valueIn(await other.api.edit(seed(77)));
  await other.api.closeProject();
  expect(holders(place)).toEqual([]);
  await turns(3);
  expect(unhandled).toEqual([]);
}

describe('a window that goes', () => {
  const source = { kind: 'template', name: 'hello-rnncell' } as const;

  it.each([0, 1, 3, 20])('while its project opens, %i turns after it asked', async (count) => {
    const place = makeProject(join(home, 'other.ohlol'));
    const going = lab.openWindow();
    void going.checked.openProject({ path: place });
    await turns(count);
    await going.disconnect();
    await turns(30);
    await isLeft(place);
  });

  it.each([0, 1, 20])('while its project is made, %i turns after it asked', async (count) => {
    const going = lab.openWindow();
    void going.checked.createProject({ source, path: join(home, 'made.ohlol') });
    await turns(count);
    await going.disconnect();
    await turns(30);
    await isLeft(join(home, 'made.ohlol'));
  });

  it.each([0, 3])('while a large project is duplicated, %i turns after it asked', async (count) => {
    const text = { kind: 'data', patch: { text: 'x'.repeat(2_000_000) } } as const;
    valueIn(await window.api.edit({ edit: text, label }));
    void window.checked.duplicateProject();
    await turns(count);
    await window.disconnect();
    const copy = path.replace('.ohlol', '-copy.ohlol');
    // The copied file is closed only when the copy is complete.
    const other = lab.openWindow();
    valueIn(await other.api.openProject({ path }));
    await other.api.closeProject();
    await expect.poll(() => holders(path), { timeout: 20_000 }).toEqual([]);
    await isLeft(path);
    await isLeft(copy);
  });

  it('by a line that takes nothing more costs that window alone', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const broken = lab.lab.connect({
      post() {
        throw new Error('the line is cut');
      },
      connectAnew() {},
      showFileDialog: null,
    });
    valueIn(await broken.api.openProject({ path }));
    valueIn(await window.api.edit(seed(5)));
    broken.receive(JSON.stringify({ t: 'q', i: 'x', m: 'describe', a: [] }));
    await turns(5);
    valueIn(await window.api.edit(seed(6)));
    expect(unhandled).toEqual([]);
    // This window shows nothing any more, so the other window's closing closes the file.
    await window.api.closeProject();
    expect(holders(path)).toEqual([]);
    said.mockRestore();
  });

  it('leaves a project that it closes while it is being opened', async () => {
    const place = makeProject(join(home, 'other.ohlol'));
    const opening = window.checked.openProject({ path: place });
    await turns(1);
    await window.api.closeProject();
    await opening;
    await window.api.closeProject();
    await isLeft(place);
  });
});

describe('a closed project', () => {
  it('takes nothing more, in a sentence, from calls that were under way', async () => {
    const { id } = valueIn(await window.api.newRun());
    const calls = [
      window.checked.edit(seed(3)),
      window.checked.getRun(id),
      window.checked.newRun(),
      window.checked.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }),
      window.checked.previewExport({ runId: id, format: 'weights-json' }),
      window.checked.saveCopy({ path: join(home, 'copy.ohlol'), overwrite: false }),
    ];
    const closed = window.checked.closeProject();
    const results = await Promise.all(calls);
    await closed;
    for (const result of results) {
      if (!result.ok) expect(result.problems[0]!.code).toMatch(/^(project-closed|run-missing)$/);
    }
    expect(holders(path)).toEqual([]);
    expect(unhandled).toEqual([]);
  });
});

describe('the door', () => {
  const inherited = Object.getOwnPropertyNames(Object.prototype);

  it('calls nothing that is not in its contract', async () => {
    for (const method of [...inherited, 'then', 'leave', '$close']) {
      const answers: string[] = [];
      // Events that the lab sends meanwhile (its engine has started) are not answers.
      const post = (text: WindowMessage) =>
        void (JSON.parse(String(text)).t === 's' && answers.push(String(text)));
      const session = lab.lab.connect({ post, connectAnew() {}, showFileDialog: null });
      for (const a of [[], ['describe', '() => 1'], [{}]]) {
        session.receive(JSON.stringify({ t: 'q', i: '1', m: method, a }));
        session.receive(JSON.stringify({ t: 'q', m: method, a }));
      }
      await vi.waitFor(() => expect(answers, method).toHaveLength(3), { timeout: 20_000 });
      for (const answer of answers) expect(JSON.parse(answer)).toMatchObject({ e: { message: /not found/ } });
      await session.disconnect();
    }
    expect(valueIn(await window.api.edit(seed(9)))).toBeTruthy();
    expect(unhandled).toEqual([]);
  });

  it('passes over what is larger than either host carries, and answers what comes next', async () => {
    const answers: string[] = [];
    const post = (answer: WindowMessage) => {
      const { t, i } = JSON.parse(String(answer)) as { t: string; i: string };
      if (t === 's') answers.push(i);
    };
    const session = lab.lab.connect({ post, connectAnew() {}, showFileDialog: null });
    const call = (i: string, ...a: unknown[]) => ({ t: 'q', i, m: 'describe', a });
    session.receive(JSON.stringify(call('text')) + ' '.repeat(largestMessageBytes));
    session.receive(encodeMessage(call('frame', new Uint8Array(largestMessageBytes))));
    session.receive(JSON.stringify(call('next')));
    await vi.waitFor(() => expect(answers).toContain('next'), { timeout: 20_000 });
    expect(answers).toEqual(['next']);
    await session.disconnect();
  });

  it('takes 10,000 messages that no page sends without harm, texts and frames', async () => {
    const random = seededNumbers(7);
    const below = (limit: number) => Math.floor(random() * limit);
    const session = lab.lab.connect({ post() {}, connectAnew() {}, showFileDialog: null });
    const one = (list: readonly unknown[]) => list[below(list.length)];
    const odd = () =>
      one([
        null,
        true,
        0,
        -1,
        1e308,
        '',
        'x',
        '__proto__',
        'valueOf',
        [],
        {},
        [[]],
        { length: 4e9 },
        { length: -1 },
        { toString: 1, valueOf: 1 },
        { toJSON: 1 },
        'describe',
        'getProject',
        'then',
        'toJSON',
        '\ud800',
        Array.from({ length: below(5) }, () => 'a'),
        { [String(one(['__proto__', 'constructor', 'a']))]: { a: 1 } },
      ]);
    const message = (): string => {
      if (below(10) === 0)
        return String(one(['', '{', 'null', '[]', '"q"', '0', '\0', '{"t":"q"}', `${'['.repeat(50_000)}`]));
      const text = JSON.stringify({
        ...(below(8) === 0 ? {} : { t: one(['q', 'q', 'q', 's', odd()]) }),
        ...(below(8) === 0
          ? {}
          : { m: one([odd(), ...inherited, 'describe', 'getProject', 'edit', 'undo']) }),
        ...(below(8) === 0 ? {} : { a: one([odd(), [], [odd()]]) }),
        ...(below(3) === 0 ? {} : { i: one([odd(), 'id', 'x'.repeat(1000)]) }),
        ...(below(5) === 0 ? { [String(one(['o', 'r', 'e', '__proto__', '$close']))]: odd() } : {}),
      });
      return below(20) === 0 ? text.slice(0, below(text.length)) : text;
    };
    const frame = (): WindowMessage => {
      const call = {
        t: 'q',
        m: one(['readFile', 'getShapes', 'edit']),
        a: [odd(), { bytes: Uint8Array.of(1) }],
      };
      const spoilt = encodeMessage(call) as Uint8Array<ArrayBuffer>;
      for (let bytes = below(4); bytes > 0; bytes--) spoilt[below(spoilt.length)] = below(256);
      return below(5) === 0 ? spoilt.slice(0, below(spoilt.length)) : spoilt;
    };
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (let count = 0; count < 10_000; count++) {
      session.receive(count % 4 === 0 ? frame() : message());
      if (count % 100 === 0) await setImmediate();
    }
    await turns(20);
    said.mockRestore();
    expect(unhandled).toEqual([]);
    expect(valueIn(await window.api.edit(seed(11)))).toBeTruthy();
    expect((await window.api.describe()).host).toBe('browser');
  }, 60_000);
});
