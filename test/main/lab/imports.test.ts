/** A window's import: previewed, previewed with other choices, applied as one undo step, cancelled. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileSource } from '../../../main/api.ts';
import {
  codesOf,
  makeHome,
  removeHome,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

let home: string;
let lab: TestLab;
let window: TestWindow;

beforeEach(async () => {
  home = makeHome();
  lab = startTestLab(home);
  window = lab.openWindow();
  valueIn(await window.api.createProject({ source: { kind: 'empty' }, path: null }));
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

const dropped = (fileName: string, text: string | Buffer): FileSource => ({
  kind: 'contents',
  fileName,
  bytes: Buffer.from(text),
});
const draft = async () => (await window.api.getProject())!.draft;

describe('a window’s import', () => {
  it('is looked at, then taken as it was shown, and undone in one step', async () => {
    const gbk = readFileSync(join(import.meta.dirname, '../../fixtures/cases/gbk.csv'));
    const seen = valueIn(await window.api.openImport(dropped('gbk.csv', gbk)));
    expect(seen).toMatchObject({ choices: { encoding: 'gb18030', separator: ',' }, counts: { train: 1 } });
    expect((await draft()).rows).toEqual([]);
    const choices = { columns: ['target', 'input'] } as const;
    const other = valueIn(await window.api.previewImport({ columns: [...choices.columns] }));
    expect(other.rows).toMatchObject([{ input: ['好', '你'], target: ['你', '好'] }]);
    const { revision } = other;
    valueIn(await window.api.applyImport({ choices: { columns: [...choices.columns] }, revision }));
    expect((await draft()).rows).toMatchObject([{ input: '好你', target: '你好' }]);
    const undone = valueIn(await window.api.undo());
    expect(undone.history.redo).toEqual({ key: 'edit_imported', values: { name: 'gbk.csv', count: 1 } });
    expect((await draft()).rows).toEqual([]);
    expect(codesOf(await window.api.applyImport({ choices: {}, revision }))).toEqual(['no-import']);
  });

  it('is refused where the file is no longer the one that was shown', async () => {
    const path = join(home, 'rows.csv');
    writeFileSync(path, 'a,b\n');
    const { revision } = valueIn(await window.api.openImport({ kind: 'path', path }));
    writeFileSync(path, 'a,c\n');
    expect(codesOf(await window.api.applyImport({ choices: {}, revision }))).toEqual(['import-changed']);
    expect((await draft()).rows).toEqual([]);
    const again = valueIn(await window.api.previewImport({}));
    valueIn(await window.api.applyImport({ choices: {}, revision: again.revision }));
    expect((await draft()).rows).toMatchObject([{ input: 'a', target: 'c' }]);
  });

  it('tells how far it is, and is given up when it is cancelled or looked at anew', async () => {
    const large = dropped('x.csv', `input,target\n${'hello,ohlol\n'.repeat(300_000)}`);
    const seen = valueIn(await window.api.openImport(large));
    expect(seen).toMatchObject({ total: 300_000, counts: { train: 100_000 } });
    expect(window.fractions.length).toBeGreaterThan(0);
    expect(window.fractions.every((fraction) => fraction > 0 && fraction <= 1)).toBe(true);
    const [first, second] = [window.api.previewImport({}), window.api.previewImport({ header: false })];
    expect(codesOf(await first)).toEqual(['read-cancelled']);
    expect(valueIn(await second).total).toBe(300_001);
    const last = window.api.previewImport({});
    await window.api.cancelImport();
    expect(codesOf(await last)).toEqual(['read-cancelled']);
    expect(codesOf(await window.api.previewImport({}))).toEqual(['no-import']);
  });

  it('takes no choice that is none, and no path that the window was not given', async () => {
    valueIn(await window.api.openImport(dropped('x.csv', 'a,b\n')));
    const strange = { separator: '/' } as unknown as Parameters<typeof window.api.previewImport>[0];
    await expect(window.api.previewImport(strange)).rejects.toThrow(/separator/);
  });
});
