/** What a terminal is sent: text from a file must not control it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { escapeControls } from '../../../main/cli/terminal.ts';
import { ohlol } from './run-ohlol.ts';

const caseFile = (name: string) => resolve(import.meta.dirname, '../../fixtures/cases', name);
const folder = mkdtempSync(join(tmpdir(), 'ohlol-terminal-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);
const raw = String.fromCharCode(0x1b);

const wasTerminal = process.stdout.isTTY;
afterEach(() => {
  process.stdout.isTTY = wasTerminal;
});

test('control characters, turns of direction and half pairs are written out; all other text is as it is', () => {
  expect(escapeControls('\u001b[31m\u009b\u007f\r\n\t\u202e\u2066\ud800')).toBe(
    '\\u001b[31m\\u009b\\u007f\\r\\n\\t\\u202e\\u2066\\ud800',
  );
  for (const plain of ['ohlol', 'é 床 👩‍🚀 א', '\\u001b']) expect(escapeControls(plain)).toBe(plain);
  expect(escapeControls('a\tb\nc\r', '\n\t')).toBe('a\tb\nc\\r');
});

describe('a file with ESC in it', () => {
  test('prints none as it is trained or inspected, nor as what is wrong with it is said', async () => {
    const trained = await ohlol('train', caseFile('esc.json'), '--weights', inFolder('esc.weights.json'));
    expect(trained.status).toBe(0);
    expect(trained.stdout + trained.stderr).not.toContain(raw);
    expect(trained.lines.at(-1)).toContain('Predicted: \\u001b[31mX, ');
    const document = JSON.parse(readFileSync(caseFile('esc.json'), 'utf8'));
    const named = inFolder('named.json');
    writeFileSync(named, JSON.stringify({ ...document, name: `${raw}[2J\nname: two` }));
    const inspected = await ohlol('inspect', named);
    expect(inspected.lines[1]).toBe('name: \\u001b[2J\\nname: two');
    const wrong = inFolder('wrong.json');
    writeFileSync(wrong, JSON.stringify({ ...document, [`${raw}key`]: 1, model: { cell: `${raw}[5m` } }));
    const { stderr } = await ohlol('train', wrong);
    expect(stderr).not.toContain(raw);
    expect(stderr).toContain('u001b');
    expect((await ohlol('train', `${raw}[5m.json`)).stderr).toContain(
      '\\u001b[5m.json: there is no such file',
    );
    expect((await ohlol(`${raw}fly`)).stderr).not.toContain(raw);
  });

  test('is predicted as it is into a pipe, and written out on a terminal', async () => {
    const predict = () => ohlol('predict', inFolder('esc.weights.json'), '--input', `${raw}[31mX`);
    process.stdout.isTTY = false;
    expect((await predict()).stdout).toBe(`${raw}[31mX\n`);
    process.stdout.isTTY = true;
    expect((await predict()).stdout).toBe('\\u001b[31mX\n');
  });
});
