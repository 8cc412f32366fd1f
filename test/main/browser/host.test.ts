/** The browser host as a process: what it prints, which windows it connects, how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ShapesReport } from '../../../engine/api.ts';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { LabDescription } from '../../../main/api.ts';
import { LINGER_MS, watchLastWindow } from '../../../main/browser/last-window.ts';
import { decodeMessage, encodeMessage } from '../../../main/window-message.ts';
import { makeHome, removeHome } from '../../lab-process.ts';
import { patience } from '../../patience.ts';
import type { Order } from '../lab/thread-orders.ts';

const start = resolve(import.meta.dirname, '..', '..', '..', 'main', 'start.ts');
let home: string;
let children: ChildProcess[];

beforeEach(() => {
  home = makeHome();
  children = [];
});

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  removeHome(home);
});

class Host {
  readonly process: ChildProcess;
  said = '';
  constructor(args: string[], env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [start, '--host', 'browser', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, OHLOL_HOME: home, ...env },
    });
    children.push(this.process);
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.on('data', (chunk) => {
        this.said += chunk;
      });
    }
  }

  /** Waits until the host has printed the pattern; returns the match. */
  async says(pattern: RegExp): Promise<string> {
    await vi.waitFor(() => expect(this.said).toMatch(pattern), patience);
    return pattern.exec(this.said)![0];
  }
}

interface Message {
  t: 'q' | 's';
  i?: string;
  m?: string;
  a?: unknown[];
  r?: unknown;
}

interface Entered {
  cookie: string;
  secret: string;
}

async function enter(address: string): Promise<Entered> {
  const { origin, hash } = new URL(address);
  const headers = { origin };
  const answer = await fetch(`${origin}/enter`, { method: 'POST', headers, body: hash.slice(1) });
  return { cookie: answer.headers.get('set-cookie')!.split(';')[0]!, secret: await answer.text() };
}

/** A window without a browser: enters, connects, and speaks birpc itself. */
async function openWindow(address: string, before?: Entered) {
  const { origin, host } = new URL(address);
  const entered = before ?? (await enter(address));
  const headers = { origin, cookie: entered.cookie };
  const socket = new WebSocket(`ws://${host}/lab`, ['ohlol', entered.secret], { headers });
  const received: Message[] = [];
  socket.on('message', (data, isBinary) =>
    received.push(decodeMessage(isBinary ? (data as Buffer<ArrayBuffer>) : data.toString()) as Message),
  );
  await once(socket, 'open');
  return {
    entered,
    socket,
    received,
    async call(method: string, ...a: unknown[]): Promise<unknown> {
      const i = `call-${received.length}-${method}`;
      socket.send(encodeMessage({ t: 'q', i, m: method, a }));
      return vi.waitFor(() => {
        const answer = received.find((message) => message.t === 's' && message.i === i);
        if (!answer) throw new Error(`no answer to ${method}`);
        return answer.r;
      }, patience);
    },
    commands: () => received.filter((message) => message.m === 'command').map((message) => message.a?.[0]),
  };
}

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/enter#[\w-]{43}(?=\n)/;

describe('the browser host', () => {
  it('says where it is and how to end it, connects a window to lab and engine, and ends when told', async () => {
    const host = new Host(['--no-open']);
    const address = await host.says(ADDRESS);
    await host.says(/Ctrl\+C ends the lab\.\n/);
    expect(host.said).toBe(
      `Ohlol is at ${address}\nOpen that address in a browser on this computer; Ctrl+C ends the lab.\n`,
    );
    const window = await openWindow(address);
    await vi.waitFor(async () => {
      const description = (await window.call('describe')) as LabDescription;
      expect(description).toMatchObject({
        host: 'browser',
        dialogs: 'window',
        engine: { status: 'ready' },
      });
      expect(description.projectsFolder).toBe(join(home, 'projects'));
    }, patience);
    host.process.kill('SIGTERM');
    // Windows has no signals: a process is killed from outside, and only Ctrl+C ends it in order.
    const end = process.platform === 'win32' ? [null, 'SIGTERM'] : [0, null];
    expect(await once(host.process, 'exit')).toEqual(end);
  });

  it('opens the project that it was started with in the first window, once', async () => {
    const host = new Host(['--no-open', 'some.ohlol']);
    const first = await openWindow(await host.says(ADDRESS));
    await vi.waitFor(
      () => expect(first.commands()).toEqual([{ kind: 'open-path', path: resolve('some.ohlol') }]),
      patience,
    );
    const second = await openWindow(await host.says(ADDRESS), first.entered);
    await second.call('describe');
    expect(second.commands()).toEqual([]);
  });

  it('takes the bytes of a file and gives the numbers of tensors; a spoilt frame is passed over', async () => {
    const host = new Host(['--no-open']);
    const window = await openWindow(await host.says(ADDRESS));
    for (const spoilt of [[], [1, 2, 3], [9, 0, 0, 0, 123]]) window.socket.send(Uint8Array.from(spoilt));
    const experiment = writeExperiment(findTemplate('rnn-shapes')!);
    // The bytes exceed what is copied from thread to thread, so they are moved.
    const bytes = Buffer.from(experiment + ' '.repeat(200_000));
    const file = { fileName: 'given.json', bytes };
    const read = await window.call('readFile', { kind: 'contents', ...file });
    expect(read).toMatchObject({ ok: true, value: { kind: 'experiment', name: 'given.json' } });
    const source = { kind: 'experiment', ...file };
    expect(await window.call('createProject', { source, path: null })).toMatchObject({ ok: true });
    const made = (await window.call('newRun')) as { value: { id: string } };
    const shown = (await window.call('getShapes', made.value.id)) as { value: ShapesReport };
    const tensors = shown.value.steps.flatMap((step) => step.tensors);
    expect(tensors.length).toBeGreaterThan(1);
    for (const { shape, data } of tensors) {
      expect(data).toBeInstanceOf(Float32Array);
      expect(data).toHaveLength(shape.reduce((count, size) => count * size, 1));
    }
  });

  it.skipIf(process.platform === 'win32')('opens a window in the browser that there is', async () => {
    const browser = join(home, 'my-browser');
    writeFileSync(
      browser,
      `#!/bin/sh
      printf '%s\\n' "$@" > '${join(home, 'arguments')}'
      for file in '${join(home, 'settings', 'browser')}'/open-*.html; do
        stat -c '%a' "$file" > '${join(home, 'mode')}' 2>/dev/null || stat -f '%Lp' "$file" > '${join(home, 'mode')}'
        cat "$file" > '${join(home, 'page')}'
      done
      exit 3
      `,
    );
    chmodSync(browser, 0o755);
    const host = new Host([], { OHLOL_BROWSER: browser, DISPLAY: ':0' });
    const address = await host.says(ADDRESS);
    await host.says(/It opens in a window of my-browser; the lab ends with that window, or by Ctrl\+C\.\n/);
    // This browser ends without having shown anything; the address is still valid.
    await host.says(/my-browser could not be started\. Open that address in a browser/);
    // Every user of the computer can read command lines; the key is in a file that only this user may read.
    const given = readFileSync(join(home, 'arguments'), 'utf8');
    expect(given).not.toContain(new URL(address).hash.slice(1));
    expect(given).toMatch(/--app=file:\/\/\S+open-\d+\.html\n/);
    expect(readFileSync(join(home, 'mode'), 'utf8')).toBe('600\n');
    expect(readFileSync(join(home, 'page'), 'utf8')).toContain(`content="0;url=${address}"`);
    expect(readdirSync(join(home, 'settings', 'browser'))).toEqual([]);
    expect(statSync(join(home, 'settings', 'browser')).mode & 0o777).toBe(0o700);
    expect(await (await openWindow(address)).call('describe')).toMatchObject({ host: 'browser' });
  });

  it.skipIf(process.platform !== 'linux')('serves where there is no display', async () => {
    const host = new Host([], { DISPLAY: '', WAYLAND_DISPLAY: '' });
    await host.says(/There is no display to open a window on\. Open that address/);
  });
});

/** Makes the lab's thread of a real host take its orders from a file. */
const orders = pathToFileURL(resolve(import.meta.dirname, '..', 'lab', 'thread-orders.ts'));

describe('the browser host whose lab', () => {
  let host: Host;
  let address: string;
  beforeEach(async () => {
    host = new Host(['--no-open'], { NODE_OPTIONS: `--import=${orders}` });
    address = await host.says(ADDRESS);
  });
  const order = (how: Order, name = 'die') => {
    const folder = join(home, 'settings');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'order'), how);
    renameSync(join(folder, 'order'), join(folder, name));
  };
  const codesTold = ({ received }: { received: Message[] }) =>
    received.filter(({ m }) => m === 'defectFound').map(({ a }) => (a![0] as { code: string }).code);
  const isSilent = ({ received }: { received: Message[] }) =>
    received.filter(({ m }) => m === 'labSilent').map(({ a }) => (a![0] as { isSilent: boolean }).isSilent);
  const ended = process.platform === 'win32' ? [null, 'SIGTERM'] : [0, null];

  it('dies has its windows connect anew to another, which says so', async () => {
    const window = await openWindow(address);
    await window.call('describe');
    order('exit');
    const [code] = await once(window.socket, 'close');
    expect(code).toBe(1012);
    const again = await openWindow(address, window.entered);
    expect(await again.call('describe')).toMatchObject({ host: 'browser' });
    expect(codesTold(again)).toEqual(['lab-died']);
  });

  it('dies again and again ends, with a sentence', async () => {
    const window = await openWindow(address);
    await window.call('describe');
    const exit = once(host.process, 'exit');
    order('exit', 'die-always');
    expect(await exit).toEqual([1, null]);
    expect(host.said).toMatch(
      /Ohlol cannot go on: the lab ended 3 times in a row because of errors of its own, and is closed;/,
    );
  });

  it('does not answer is ended from a window, and another follows', async () => {
    const window = await openWindow(address);
    await window.call('describe');
    order('spin');
    await vi.waitFor(() => expect(isSilent(window)).toEqual([true]), patience);
    const closed = once(window.socket, 'close');
    window.socket.send(JSON.stringify({ t: 'q', m: 'endLab', a: [], i: 'end' }));
    expect((await closed)[0]).toBe(1012);
    const again = await openWindow(address, window.entered);
    expect(await again.call('describe')).toMatchObject({ host: 'browser' });
    expect(codesTold(again)).toEqual(['lab-died']);
    host.process.kill('SIGTERM');
    expect(await once(host.process, 'exit')).toEqual(ended);
  });

  it('does not answer can be ended by Ctrl+C', async () => {
    const window = await openWindow(address);
    await window.call('describe');
    order('spin');
    await vi.waitFor(() => expect(isSilent(window)).toEqual([true]), patience);
    host.process.kill('SIGTERM');
    expect(await once(host.process, 'exit')).toEqual(ended);
  });

  it.skipIf(process.platform === 'win32')('cannot even be ended ends with a sentence', async () => {
    const window = await openWindow(address);
    await window.call('describe');
    order('stick');
    await vi.waitFor(() => expect(isSilent(window)).toEqual([true]), patience);
    const exit = once(host.process, 'exit');
    window.socket.send(JSON.stringify({ t: 'q', m: 'endLab', a: [], i: 'end' }));
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(host.said).toMatch(/Ohlol cannot go on: the lab does not answer and cannot be ended by itself/);
  });
});

describe('the last window', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends the lab a while after it has gone, and not where one is back or left', () => {
    const end = vi.fn();
    const watch = watchLastWindow(end);
    vi.advanceTimersByTime(LINGER_MS * 10);
    watch.connected();
    watch.connected();
    watch.disconnected();
    vi.advanceTimersByTime(LINGER_MS * 10);
    // The page is reloaded.
    watch.disconnected();
    vi.advanceTimersByTime(LINGER_MS - 1);
    watch.connected();
    vi.advanceTimersByTime(LINGER_MS * 10);
    expect(end).not.toHaveBeenCalled();
    watch.disconnected();
    vi.advanceTimersByTime(LINGER_MS);
    expect(end).toHaveBeenCalledOnce();
  });
});
