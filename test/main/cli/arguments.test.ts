import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { usageOf } from '../../../main/cli/arguments.ts';
import { commands } from '../../../main/cli/main.ts';
import { ohlol } from './run-ohlol.ts';

const formats = readFileSync(resolve(import.meta.dirname, '../../../docs/formats.md'), 'utf8');

describe.each(commands.map((command) => [command.name, command] as const))('%s', (name, command) => {
  test('its help and docs/formats.md say what its parser takes', async () => {
    const { status, stdout } = await ohlol(name, '--help');
    expect([status, stdout.split('\n')[0]]).toEqual([0, `Usage: ohlol ${usageOf(command)}`]);
    for (const option of command.options) expect(stdout).toContain(`\n  --${option.name} `);
    expect(formats).toContain(`\`ohlol ${usageOf(command).replaceAll('|', '\\|')}\``);
  });

  test('an option that it does not have, or that is given twice, is refused with its usage', async () => {
    expect(await ohlol(name, 'x', '--no-such')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(`ohlol: --no-such is no option of ohlol ${name}; it has `),
    });
    for (const { name: option, value } of command.options) {
      const once = value === null ? [`--${option}`] : [`--${option}`, '1'];
      const { status, stdout, stderr } = await ohlol(name, 'x', ...once, ...once);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`--${option} is given twice; it is given once (usage: ohlol ${name} `);
    }
  });
});

test('two values of one option are both named', async () => {
  const { status, stderr } = await ohlol('train', 'hello-rnn', '--seed', '1', '--seed=2');
  expect(status).toBe(2);
  expect(stderr).toContain('--seed is given twice: 1 and 2; it is given once');
});

test('--version says which it is', async () => {
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../package.json'), 'utf8'));
  expect(await ohlol('--version')).toMatchObject({ status: 0, stdout: `ohlol ${version}\n` });
});

test('after -- a word is no option', async () => {
  expect((await ohlol('inspect', '--', '--help')).stderr).toContain('--help: there is no such file');
});
