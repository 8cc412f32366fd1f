/**
 * Each refusal of the command line is one sentence that begins with its subject and has no words of the
 * system's own.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commands } from '../../../main/cli/main.ts';
import { makeProject } from '../project/project-folder.ts';
import { ohlol } from './run-ohlol.ts';

const cases = resolve(import.meta.dirname, '../../fixtures/cases');
const onPosix = test.skipIf(process.platform === 'win32');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohlol-sentences-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Words of errno, Node, SQLite and V8, and traces of the program's own code. */
const rawWords =
  /\bE(?!XPERIMENT)[A-Z]{4,}\b|ERR_|SQLITE|errno|\b[A-Z]\w*Error\b|Unexpected token|JSON at position|\.ts\b|node:|undefined|\[object|NaN\b/;

/** The lines of a refusal, without the program's name and the usage. */
async function refusal(...args: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await ohlol(...args);
  expect([status, stdout]).toEqual([2, '']);
  const lines = stderr.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^ohlol: \S/);
  return lines.map((line) => line.replace(/^ohlol: /, '').replace(/ \(usage: ohlol .*\)$/, ''));
}

/** `FOLDER` and `CASES` stand for the test's own folder and for the folder of the fixtures. */
const filled = (text: string) => text.replaceAll('FOLDER', folder).replaceAll('CASES', cases);

async function expectSentence(args: readonly string[], sentence: string): Promise<void> {
  const lines = await refusal(...args.map(filled));
  expect(lines).toHaveLength(1);
  // The line begins with the subject.
  expect(lines[0]!.slice(0, filled(sentence).length)).toBe(filled(sentence));
  expect(lines[0]).not.toMatch(rawWords);
}

describe('arguments', () => {
  test.each<[args: string[], sentence: string]>([
    [['train'], '1 EXPERIMENT is needed; it is missing'],
    [['train', 'a', 'b'], '1 EXPERIMENT is needed; there are 2: a, b'],
    [['train', ''], 'EXPERIMENT is ""; a file is needed'],
    [['inspect', ''], 'FILE is ""; a file is needed'],
    [['predict', '', '--input', 'x'], 'WEIGHTS is ""; a file is needed'],
    [['export', '', '--to', 'csv', '--out', 'x'], 'EXPERIMENT|PROJECT is ""; a file is needed'],
    [['train', 'hello-rnn', '--weights', ''], '--weights is ""; a file is needed'],
    [['train', 'hello-rnn', '--out='], '--out is ""; a file is needed'],
    [['train', 'hello-rnn', '--initial-weights', ''], '--initial-weights is ""; a file is needed'],
    [['export', 'hello-rnn', '--to', 'csv', '--out', ''], '--out is ""; a file is needed'],
    [['train', 'hello-rnn', '--fast'], '--fast is no option of ohlol train; it has --out, --weights, '],
    [['train', 'hello-rnn', '-x'], '-x is no option of ohlol train; it has --out, --weights, '],
    [['inspect', 'x', '--quiet'], '--quiet is no option of ohlol inspect; it has none'],
    [['train', 'hello-rnn', '--epochs'], '--epochs is given without a value; it is written --epochs N'],
    [
      ['train', 'hello-rnn', '--out', '--quiet'],
      '--out is followed by --quiet, not by a value; a value that begins with a dash is written --out=--quiet',
    ],
    [['train', 'hello-rnn', '--quiet=no'], '--quiet is given the value "no"; it takes none'],
    [
      ['train', 'hello-rnn', '--seed', '1', '--seed', '2'],
      '--seed is given twice: 1 and 2; it is given once',
    ],
    [['train', 'hello-rnn', '--seed', 'x'], '--seed is "x"; it must be a number'],
    [['train', 'hello-rnn', '--seed', '-1'], '--seed is followed by -1, not by a value;'],
    [['train', 'hello-rnn', '--seed=-1'], '--seed is -1; it must be a whole number from 0'],
    [['train', 'hello-rnn', '--threads', '9'], '--threads is 9; it must be a whole number from 1 to 8'],
    [['train', 'hello-rnn', '--epochs', '1.5'], '--epochs is 1.5; it must be a whole number from 1'],
    [['train', 'rnn-shapes', '--out', 'x'], '--out is given, but rnn-shapes trains nothing: it shows shapes'],
    [['predict', 'CASES/hr.json'], '--input is missing; it is the text to read'],
    [['export', 'hello-rnn', '--out', 'x'], '--to is missing; it is one of '],
    [['export', 'hello-rnn', '--to', 'csv'], '--out is missing; it is the file to write'],
    [['export', 'hello-rnn', '--to', 'xls', '--out', 'x'], '--to is "xls"; it must be one of '],
    [['export', 'hello-rnn', '--to', 'experiment', '--excel', '--out', 'x'], '--excel goes with --to '],
    [
      ['export', 'hello-rnn', '--run', '1', '--to', 'csv', '--out', 'x'],
      '--run is given, but hello-rnn is no project',
    ],
    [['generate', 'CASES/hr.json', '--temperature', 'hot'], '--temperature is "hot"; it must be a number'],
  ])('%j', expectSentence);

  test.each(['9', 'banana'])('OHLOL_THREADS=%s, as of --threads', async (setting) => {
    vi.stubEnv('OHLOL_THREADS', setting);
    await expectSentence(
      ['train', 'hello-rnn'],
      `OHLOL_THREADS is ${JSON.stringify(setting)}; it must be a whole number from 1 to 8`,
    );
  });

  test('a value that begins with a dash can be given', async () => {
    expect((await ohlol('predict', `${cases}/hr.json`, '--input=-')).stderr).toContain(
      'token "-" at position 1',
    );
  });
});

describe('files', () => {
  onPosix.each<[args: string[], sentence: string]>([
    [['train', 'FOLDER/none.json'], 'FOLDER/none.json: there is no such file'],
    [['train', 'nothing-such'], 'nothing-such is neither a file nor a template; the templates are '],
    [['train', 'FOLDER'], 'FOLDER: it is a folder; a file is needed'],
    [['train', 'FOLDER/file/x'], 'FOLDER/file/x: a part of its path is a file, not a folder'],
    [['train', 'FOLDER/loop'], 'FOLDER/loop: its links lead in a circle'],
    [['train', 'FOLDER/broken'], 'FOLDER/broken: it is a link to gone/away, and there is no such file'],
    [['inspect', 'FOLDER/broken'], 'FOLDER/broken: it is a link to gone/away, and there is no such file'],
    [['train', 'FOLDER/empty'], 'FOLDER/empty is an empty file; an experiment is needed'],
    [
      ['train', 'FOLDER/cut.json'],
      'FOLDER/cut.json: the experiment ends in the middle, on line 1, column 24',
    ],
    [['train', 'FOLDER/comma.json'], 'FOLDER/comma.json: the experiment is not valid JSON: "}" on line 1'],
    [['inspect', 'FOLDER/comma.json'], 'FOLDER/comma.json: the file is not valid JSON: "}" on line 1'],
    [
      ['train', 'FOLDER/list.json'],
      'FOLDER/list.json: the experiment is not valid JSON: "o" cannot stand there, near ',
    ],
    [['predict', 'FOLDER/text', '--input', 'x'], 'FOLDER/text is a text; weights are needed'],
    [['train', 'CASES/list.json'], 'CASES/list.json: the document is a list of 1; it must be an experiment'],
    [['train', 'CASES/hr.json'], 'CASES/hr.json is a weights file; an experiment is needed'],
    [
      ['train', 'CASES/hr.safetensors'],
      'CASES/hr.safetensors is a safetensors file; an experiment is needed',
    ],
    [['predict', 'CASES/two.json', '--input', 'x'], 'CASES/two.json is an experiment; weights are needed'],
    [
      ['predict', 'CASES/hr.json', '--input', '§'],
      'CASES/hr.json: input: token "§" at position 1 is not in the',
    ],
    [['predict', 'CASES/hr.json', '--input='], 'CASES/hr.json: input has no tokens; it needs 1 or more'],
    [['inspect', 'FOLDER/p.ohlol/x'], 'FOLDER/p.ohlol/x: a part of its path is a file, not a folder'],
    [
      ['train', 'FOLDER/p.ohlol'],
      'FOLDER/p.ohlol is an Ohlol project; ohlol export FOLDER/p.ohlol --to experiment',
    ],
    [
      ['export', 'FOLDER/p.ohlol', '--run', '7', '--to', 'csv', '--out', 'FOLDER/x'],
      'FOLDER/p.ohlol has no run "7"; it has none',
    ],
    [['export', 'FOLDER/p.ohlol', '--to', 'csv', '--out', 'FOLDER/x'], 'FOLDER/p.ohlol has no run yet'],
    [['train', 'hello-rnn', '--weights', 'FOLDER/no/w.json'], 'FOLDER/no/w.json: its folder does not exist'],
    [
      ['train', 'hello-rnn', '--weights', 'FOLDER/protected'],
      'FOLDER/protected: it is there, and its mode 0444 says that it is not to be written',
    ],
    [
      ['train', 'hello-rnn', '--weights', 'FOLDER/text'],
      'FOLDER/text: it is there and is not a weights file; --force replaces it',
    ],
  ])('%j', async (args, sentence) => {
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('file', 'x');
    write('empty', '');
    write('text', 'Some words.');
    write('cut.json', '{"format": "ohlol/exper');
    write('comma.json', '{"format": "ohlol/experiment",}');
    write('list.json', '[1, object Object]');
    write('protected', '');
    chmodSync(join(folder, 'protected'), 0o444);
    symlinkSync('gone/away', join(folder, 'broken'));
    symlinkSync('loop', join(folder, 'loop'));
    makeProject(join(folder, 'p.ohlol'));
    await expectSentence(args, sentence);
  });

  onPosix('a link that leads nowhere, by a bare name, is no template either', async () => {
    mkdirSync(join(folder, 'sub'));
    symlinkSync('away', join(folder, 'sub', 'mine'));
    const before = process.cwd();
    process.chdir(join(folder, 'sub'));
    try {
      await expectSentence(['train', 'mine'], 'mine: it is a link to away, and there is no such file');
    } finally {
      process.chdir(before);
    }
  });
});

test('each option whose value is a file is refused where it names none', () => {
  for (const command of commands) {
    for (const { name, value, isPath } of command.options) {
      const namesFile = /FILE|PATH|\.json/.test(value ?? '');
      expect([command.name, name, isPath ?? false]).toEqual([command.name, name, namesFile]);
    }
  }
});
