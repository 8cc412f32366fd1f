/** Files that went wrong once (test/fixtures/cases), each read correctly by the command line. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ohlol } from './run-ohlol.ts';

const caseFile = (name: string) => resolve(import.meta.dirname, '../../fixtures/cases', name);

describe('refused, with what it is', () => {
  test.each([
    [
      'inspect',
      'trail.safetensors',
      'the safetensors file has 56 bytes after its header; its tensors take 48',
    ],
    ['inspect', 'hole.safetensors', 'behind a hole; they must begin at'],
    ['inspect', 'data.xlsx', 'the file is a spreadsheet; save it as CSV'],
    ['train', 'data.xlsx', 'is a spreadsheet; an experiment is needed'],
    ['train', 'gbk.json', 'is not UTF-8 text; save it as UTF-8'],
    ['inspect', 'gbk.json', 'is not UTF-8 text; save it as UTF-8'],
    ['train', 'lyrics.txt', 'is a text; an experiment is needed'],
    [
      'train',
      'list.json',
      'the document is a list of 1; it must be an experiment: an object with "format": "ohlol/experiment"',
    ],
    [
      'train',
      'iw_bare.json',
      'initialWeights: its keys lack "rnn.", with which each of the model\'s begins (rnn.weight_ih_l0); put it before them',
    ],
    [
      'train',
      'iw_mod.json',
      'initialWeights: each key begins with "module.", which the model\'s keys do not (rnn.weight_ih_l0); take it off',
    ],
  ])('%s %s', async (command, name, sentence) => {
    const { status, stderr } = await ohlol(command, caseFile(name));
    expect(stderr).toContain(`${caseFile(name)}`);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
  });
});

describe('read', () => {
  test.each([
    ['train', 'nl.json', '--quiet'],
    ['inspect', 'hr.json'],
    ['predict', 'hr.json', '--input', 'hello'],
  ])('%s %s parses it once', async (command, name, ...options) => {
    const parse = vi.spyOn(JSON, 'parse');
    expect((await ohlol(command, caseFile(name), ...options)).status).toBe(0);
    const whole = readFileSync(caseFile(name), 'utf8');
    expect(parse.mock.calls.filter(([text]) => text === whole)).toHaveLength(1);
    parse.mockRestore();
  });

  test('a text that begins with a bracket', async () => {
    const { status, lines } = await ohlol('inspect', caseFile('lyrics.txt'));
    expect(lines).toEqual([`${caseFile('lyrics.txt')}: a text`, 'characters: 16']);
    expect(status).toBe(0);
  });

  test('the same weights as JSON, as UTF-16 with its mark, and as safetensors', async () => {
    const predicted: unknown[] = [];
    for (const name of ['hr.json', 'hr16.json', 'hr.safetensors']) {
      const { status, stdout } = await ohlol('predict', caseFile(name), '--input', 'hello', '--json');
      expect(status, name).toBe(0);
      predicted.push(JSON.parse(stdout));
    }
    expect(predicted[1]).toEqual(predicted[0]);
    expect(predicted[2]).toEqual(predicted[0]);
  });

  test('a token that never occurs is kept, and warned of', async () => {
    const { status, stderr } = await ohlol('train', caseFile('multi.json'));
    expect(stderr).toContain(
      'dataset.vocabulary[2] is "ab", and texts are cut into single characters; it never occurs',
    );
    expect(status).toBe(0);
  });

  test.each(['nl.json', 'nfc.json'])('%s without a word', async (name) => {
    const { status, stderr } = await ohlol('train', caseFile(name), '--quiet');
    expect(stderr).not.toContain(name);
    expect(status).toBe(0);
  });
});
