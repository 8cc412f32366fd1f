/** `npm start` before a host runs: its arguments, the folders, the Electron binary, the Node it needs. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchElectron, findElectron, runElectron } from '../../../main/electron/launch.ts';
import { labFolders } from '../../../main/folders.ts';
import { readStartArguments } from '../../../main/start-arguments.ts';

const main = resolve(import.meta.dirname, '..', '..', '..', 'main');
let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'ohlol-start-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

describe('arguments', () => {
  const read = (...args: string[]) => readStartArguments(args, '/here');

  it('choose host, window and project', () => {
    expect(read()).toEqual({ host: null, open: true, project: null });
    expect(read('--host', 'browser', '--no-open', 'a.ohlol')).toEqual({
      host: 'browser',
      open: false,
      project: resolve('/here', 'a.ohlol'),
    });
    expect(read('--host=desktop').host).toBe('desktop');
    expect(read('--', '--odd.ohlol').project).toBe(resolve('/here', '--odd.ohlol'));
  });

  it.each([
    [['--port', '80'], 'There is no option --port.'],
    [['-x'], 'There is no option -x.'],
    [['--no-open=1'], 'There is no option --no-open=1.'],
    [['--host', 'phone'], '--host is phone, and can be desktop or browser.'],
    [['--host'], '--host is without a value, and can be desktop or browser.'],
    [['/a.ohlol', '/b.ohlol'], `One project opens at a start; ${resolve('/a.ohlol')} and /b.ohlol are two.`],
    [['--host', 'desktop', '--no-open'], '--no-open is of the browser host; the desktop app is its window.'],
  ])('that cannot be meant get a sentence: %j', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence);
  });

  it('end the process with 2', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(main, 'start.ts'), '--port', '80'], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^There is no option --port\.\nUsage: npm start -- /);
  });
});

describe('folders', () => {
  it('are under OHLOL_HOME where it is set', () => {
    expect(labFolders({ OHLOL_HOME: work })).toEqual({
      projects: join(work, 'projects'),
      settings: join(work, 'settings'),
    });
  });

  it('are in Documents, or beside where there are none', () => {
    expect(labFolders({}, work).projects).toBe(join(work, 'Ohlol'));
    mkdirSync(join(work, 'Documents'));
    expect(labFolders({}, work).projects).toBe(join(work, 'Documents', 'Ohlol'));
    expect(labFolders({}, work).settings).toMatch(/ohlol/i);
  });
});

describe('the Electron binary', () => {
  const electron = () => join(work, 'node_modules', 'electron');
  const install = `
    const fs = require('node:fs');
    fs.mkdirSync(__dirname + '/dist', { recursive: true });
    fs.writeFileSync(__dirname + '/dist/electron', '');
    fs.writeFileSync(__dirname + '/path.txt', 'electron');
  `;

  it('is found where its download has taken place', () => {
    expect(findElectron(work)).toBe(null);
    mkdirSync(join(electron(), 'dist'), { recursive: true });
    writeFileSync(join(electron(), 'path.txt'), 'electron');
    expect(findElectron(work)).toBe(null);
    writeFileSync(join(electron(), 'dist', 'electron'), '');
    expect(findElectron(work)).toBe(join(electron(), 'dist', 'electron'));
  });

  it('is fetched by its package, where that is there and can', () => {
    expect(fetchElectron(work)).toBe(null);
    mkdirSync(electron(), { recursive: true });
    writeFileSync(join(electron(), 'install.js'), `throw new Error('fetch failed')`);
    expect(fetchElectron(work)).toBe(null);
    writeFileSync(join(electron(), 'install.js'), install);
    expect(fetchElectron(work)).toBe(join(electron(), 'dist', 'electron'));
  });

  it.skipIf(process.platform === 'win32')(
    'runs on the app with the project, and tells how it ended',
    async () => {
      const binary = join(work, 'binary');
      const writeBinary = (script: string) => {
        writeFileSync(binary, `#!/bin/sh\n${script}\n`);
        chmodSync(binary, 0o755);
      };
      writeBinary('for last; do :; done; [ "$last" = /a.ohlol ] && exit 3');
      expect(await runElectron(binary, '/app', '/a.ohlol')).toBe(3);
      writeBinary('exit 127');
      expect(await runElectron(binary, '/app', null)).toBe(null);
      expect(await runElectron(join(work, 'nothing'), '/app', null)).toBe(null);
    },
  );
});

describe('the Node that it needs', () => {
  const run = (version: string) =>
    spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"${version}"}})`,
        join(main, 'require-node.mjs'),
      ],
      { encoding: 'utf8' },
    );

  it.each(['24.12.0', '24.13.0', '25.0.0', '26.10.0', '100.1.2'])('may be %s', (version) => {
    expect(run(version)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(['20.19.0', '24.0.0', '24.11.1'])('is said in a sentence by an older one: %s', (version) => {
    const { status, stderr } = run(version);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Ohlol needs Node\.js 24\.12 or newer and this is [\d.]+: .*\.\n$/);
    expect(stderr).toContain(` ${version}: `);
  });
});
