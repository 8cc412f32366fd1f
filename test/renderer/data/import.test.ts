import { describe, expect, it, vi } from 'vitest';
import { success } from '../../../engine/errors.ts';
import { rankEncodings } from '../../../engine/formats/importing/encodings.ts';
import type { LabApi } from '../../../main/api.ts';
import type { LabConnection } from '../../../renderer/lab.ts';
import { columnName, firstLine, shownEncodings } from '../../../renderer/screens/data/import/import-words.ts';
import { ImportState } from '../../../renderer/state/importing.svelte.ts';

describe('what an import shows', () => {
  it('the likeliest encodings, UTF-8 and the chosen one; all on wish', () => {
    const candidates = rankEncodings(Uint8Array.from([0xd0, 0xd5, 0xc3, 0xfb, 0xd6, 0xd0, 0xce, 0xc4]));
    const names = (all: boolean) =>
      shownEncodings(candidates, 'utf-16be', all).map(({ encoding }) => encoding);
    expect(names(false)).toEqual(expect.arrayContaining(['gb18030', 'utf-8', 'utf-16be']));
    expect(names(true)).toHaveLength(candidates.length);
  });

  it('the first line that holds anything, cut by characters', () => {
    expect(firstLine('\n  \r\n👍👍👍 end\n', 3)).toBe('👍👍👍…');
    expect(firstLine('')).toBe('');
    // ASCII text looks the same in all encodings.
    expect(firstLine('# a register\nid;é\nid;e')).toBe('id;é');
    expect(firstLine('# a register\nid;e')).toBe('# a register');
  });

  it('letters for columns without a name', () => {
    expect([0, 25, 26, 701, 702].map(columnName)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
  });
});

describe('choices', () => {
  const file = { name: 'a.csv', size: 3, arrayBuffer: async () => new Uint8Array([97, 44, 98]).buffer };
  const preview = (encoding: string) => ({
    choices: { encoding },
    revision: 'r',
    refused: null,
    labels: [{ label: 'b', count: 1 }],
  });

  function stateWith(api: Partial<Record<keyof LabApi, unknown>>) {
    const connection = { api, handlers: {} } as unknown as LabConnection;
    return new ImportState(connection);
  }

  it('that cut the file anew forget what hung on the columns before, others do not', async () => {
    const previewImport = vi.fn(async () => success(preview('utf-8')));
    const state = stateWith({ openImport: async () => success(preview('utf-8')), previewImport });
    await state.openFile(file);
    await state.choose({ columns: ['input', 'target'] });
    await state.choose({ labels: { b: 'c' } });
    await state.choose({ mode: 'append' });
    expect(previewImport).toHaveBeenLastCalledWith({
      columns: ['input', 'target'],
      labels: { b: 'c' },
      mode: 'append',
    });
    await state.choose({ separator: ';' });
    expect(previewImport).toHaveBeenLastCalledWith({ mode: 'append', separator: ';' });
  });

  it('count in the order they were made, whichever answer comes first', async () => {
    const answers: ((encoding: string) => void)[] = [];
    const previewImport = () =>
      new Promise((resolve) => answers.push((name) => resolve(success(preview(name)))));
    const state = stateWith({ openImport: async () => success(preview('utf-8')), previewImport });
    await state.openFile(file);
    const asked = [state.choose({ encoding: 'big5' }), state.choose({ encoding: 'gb18030' })];
    answers[1]!('gb18030');
    answers[0]!('big5');
    await Promise.all(asked);
    expect(state.preview?.choices.encoding).toBe('gb18030');
    expect(state.busy).toBe(false);
  });

  it('are applied as they were shown, once, and not where the lab has refused them', async () => {
    const applyImport = vi.fn(async () => success({}));
    const state = stateWith({ openImport: async () => success(preview('utf-8')), applyImport });
    await state.openFile(file);
    await Promise.all([state.apply(), state.apply()]);
    expect(applyImport).toHaveBeenCalledExactlyOnceWith({ choices: { encoding: 'utf-8' }, revision: 'r' });
    expect(state.fileName).toBeNull();
    const refused = { ...preview('utf-8'), refused: [{ code: 'x' }] };
    const other = stateWith({ openImport: async () => success(refused), applyImport });
    await other.openFile(file);
    await other.apply();
    expect(applyImport).toHaveBeenCalledOnce();
  });

  it('that the file cannot be read by keep what was shown before, and cannot be applied', async () => {
    const applyImport = vi.fn(async () => success({}));
    const why = { code: 'import-no-text', message: '', path: '', details: {} };
    const state = stateWith({
      openImport: async () => success(preview('gb18030')),
      previewImport: async () => ({ ok: false, problems: [why] }),
      applyImport,
    });
    await state.openFile(file);
    await state.choose({ encoding: 'utf-8' });
    await state.apply();
    expect([state.preview?.choices.encoding, state.problems, applyImport.mock.calls]).toEqual([
      'gb18030',
      [why],
      [],
    ]);
  });

  it('a file that is given up is forgotten here and in the lab, whatever still comes of it', async () => {
    let answer = (_: unknown) => {};
    const openImport = () => new Promise((resolve) => (answer = resolve));
    const cancelImport = vi.fn(async () => {});
    const state = stateWith({ openImport, cancelImport });
    const opening = state.openFile(file);
    await vi.waitFor(() => expect(state.busy).toBe(true), { timeout: 60_000 });
    await state.cancel();
    answer(success(preview('utf-8')));
    await opening;
    expect([state.fileName, state.preview, cancelImport.mock.calls.length]).toEqual([null, null, 1]);
  });
});
