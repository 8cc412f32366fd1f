/** `npm start` before a host runs: its arguments, the folders, the Electron binary, the required Node. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deathOf, whyItDied } from '../../../main/electron/early-death.ts';
import { fetchElectron, findElectron, runElectron } from '../../../main/electron/launch.ts';
import { labFolders } from '../../../main/folders.ts';
import { readStartArguments } from '../../../main/start-arguments.ts';

const main = resolve(import.meta.dirname, '..', '..', '..', 'main');
let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'ohlol-start-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** The path of the binary in Electron's distribution folder on this system. */
function binaryName(): string {
  const names: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  };
  return names[process.platform] ?? 'electron';
}

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

  it('is the one of the folder that Electron’s own setting names', () => {
    const name = binaryName();
    expect(findElectron(work, { ELECTRON_OVERRIDE_DIST_PATH: work })).toBe(null);
    mkdirSync(dirname(join(work, name)), { recursive: true });
    writeFileSync(join(work, name), '');
    expect(findElectron(work, { ELECTRON_OVERRIDE_DIST_PATH: work })).toBe(join(work, name));
  });
});

describe.skipIf(process.platform === 'win32')('a run of the Electron binary', () => {
  let binary: string;
  const writeBinary = (script: string) => {
    binary = join(work, binaryName());
    mkdirSync(dirname(binary), { recursive: true });
    writeFileSync(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };

  it('is on the app with the project, and tells how it ended', async () => {
    writeBinary('for last; do :; done; [ "$last" = /a.ohlol ] && exit 3');
    expect(await runElectron(binary, '/app', '/a.ohlol')).toEqual({ kind: 'ended', exitCode: 3 });
    writeBinary('kill -TERM $$');
    expect(await runElectron(binary, '/app', null)).toEqual({ kind: 'ended', exitCode: 143 });
  });

  it('that cannot begin says why', async () => {
    writeBinary('exit 127');
    expect(await runElectron(binary, '/app', null)).toMatchObject({
      kind: 'not-started',
      why: expect.stringContaining('library'),
    });
    expect(await runElectron(join(work, 'nothing'), '/app', null)).toMatchObject({
      kind: 'not-started',
      why: expect.stringContaining('ENOENT'),
    });
  });

  it.each(['TRAP', 'SEGV', 'KILL'])('that dies of SIG%s has not started, or has died later', async (name) => {
    writeBinary(`kill -${name} $$`);
    expect(await runElectron(binary, '/app', null, 60_000)).toMatchObject({
      kind: 'not-started',
      why: expect.stringMatching(new RegExp(`^The desktop app died of SIG${name} as it started`)),
    });
    expect(await runElectron(binary, '/app', null, 0)).toEqual({
      kind: 'died',
      exitCode: { TRAP: 133, SEGV: 139, KILL: 137 }[name],
      why: `The desktop app died of SIG${name}. Its projects hold what was stored; start it again to go on.`,
    });
  });

  it('that dies as it starts leaves the lab to a browser, or says that one would do', async () => {
    writeBinary('kill -TRAP $$');
    const browser = join(work, 'my-browser');
    writeFileSync(browser, '#!/bin/sh\n', { mode: 0o755 });
    const env = {
      ...process.env,
      ELECTRON_OVERRIDE_DIST_PATH: work,
      OHLOL_HOME: work,
      OHLOL_BROWSER: browser,
      DISPLAY: ':0',
    };
    const asked = spawnSync(process.execPath, [join(main, 'start.ts'), '--host', 'desktop'], {
      encoding: 'utf8',
      env,
    });
    expect(asked.status).toBe(1);
    expect(asked.stderr).toMatch(/^The desktop app died of SIGTRAP as it started.*\n--host browser works/);

    const lab = spawn(process.execPath, [join(main, 'start.ts')], { env });
    let said = '';
    lab.stdout.on('data', (chunk) => {
      said += chunk;
    });
    try {
      await vi.waitFor(() => expect(said).toMatch(/http:\/\/127\.0\.0\.1:\d+\//), { timeout: 60_000 });
      expect(said).toMatch(
        /^The desktop app died of SIGTRAP as it started.*\nThe lab opens in my-browser instead\.\n/,
      );
    } finally {
      lab.kill('SIGTERM');
      await once(lab, 'exit');
    }
  });
});

describe('why Electron died', () => {
  /** Makes the files of a kernel with these settings. */
  const kernel = (settings: Record<string, string>) => {
    for (const [name, value] of Object.entries(settings)) {
      const file = join(work, ...name.split('.'));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${value}\n`);
    }
    return work;
  };

  it('is told from an end that was asked for', () => {
    expect(deathOf(0, null)).toBe(null);
    expect(deathOf(1, null)).toBe(null);
    expect(deathOf(null, 'SIGTERM')).toBe(null);
    // Windows' exit codes, with and without a sign.
    for (const code of [0xe000_0008, -536_870_904]) expect(deathOf(code, null)).toBe('0xe0000008');
    expect(deathOf(null, 'SIGINT')).toBe(null);
    expect(deathOf(null, 'SIGTRAP')).toBe('SIGTRAP');
    expect(deathOf(0xc000_0135, null)).toBe('0xc0000135');
  });

  it.each([
    [
      'kernel.apparmor_restrict_unprivileged_userns',
      '1',
      /AppArmor profile .* the \.deb brings it .* docs\/first-launch\.md/,
    ],
    ['kernel.unprivileged_userns_clone', '0', /sudo sysctl kernel\.unprivileged_userns_clone=1/],
    ['user.max_user_namespaces', '0', /sudo sysctl user\.max_user_namespaces=\d+/],
  ])('is the want of user namespaces where %s is %s', (setting, value, cure) => {
    const why = whyItDied('SIGTRAP', kernel({ [setting]: value }));
    expect(why).toContain('its sandbox needs user namespaces');
    expect(why).toContain(`(${setting} is ${value})`);
    expect(why).toMatch(cure);
  });

  it('is not guessed where they can be made, or where it died of something else', () => {
    const open = kernel({
      'kernel.apparmor_restrict_unprivileged_userns': '0',
      'kernel.unprivileged_userns_clone': '1',
      'user.max_user_namespaces': '63000',
    });
    const unknown = 'as it started; what it printed before may say why.';
    expect(whyItDied('SIGTRAP', open)).toBe(`The desktop app died of SIGTRAP ${unknown}`);
    expect(whyItDied('SIGTRAP', join(work, 'no-proc'))).toBe(`The desktop app died of SIGTRAP ${unknown}`);
    const shut = kernel({ 'user.max_user_namespaces': '0' });
    expect(whyItDied('SIGSEGV', shut)).toBe(`The desktop app died of SIGSEGV ${unknown}`);
  });
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
