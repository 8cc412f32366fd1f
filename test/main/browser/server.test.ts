/** Whom the window server answers: real HTTP and WebSockets against a real server. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startWindowServer, type WindowServer } from '../../../main/browser/server.ts';

let work: string;
let server: WindowServer;
let connected: WebSocket[];
let port: string;

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'ohlol-server-'));
  mkdirSync(join(work, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(work, 'renderer', 'index.html'), '<title>Ohlol</title>');
  writeFileSync(join(work, 'renderer', 'assets', 'main.js'), 'start()');
  writeFileSync(join(work, 'secret.json'), 'secret');
  mkdirSync(join(work, 'renderer-old'));
  writeFileSync(join(work, 'renderer-old', 'index.html'), 'secret');
  connected = [];
  server = await startWindowServer({
    rendererFolder: join(work, 'renderer'),
    onConnection: (socket) => connected.push(socket),
  });
  port = new URL(server.address).port;
});

afterEach(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** As a client may write it: the path goes out as it is, and headers may be anything. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

async function enter(): Promise<{ cookie: string }> {
  const answer = await get(new URL(server.address).pathname + new URL(server.address).search);
  return { cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

function openSocket(headers: Record<string, string>, path = '/lab'): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
}

/** 'open', or the status that refused it. */
function outcome(socket: WebSocket): Promise<'open' | number> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
  });
}

describe('entering', () => {
  it('takes the token once, for a cookie that scripts cannot read and other sites do not send', async () => {
    const path = `/enter${new URL(server.address).search}`;
    const answer = await get(path);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^ohlol-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect((await get(path)).status).toBe(403);
  });

  it('lets in again whoever is in, without the token', async () => {
    const { cookie } = await enter();
    expect((await get('/enter?token=anything', { cookie })).status).toBe(303);
  });

  it.each([
    ['no token', '/enter'],
    ['a wrong one', `/enter?token=${'x'.repeat(43)}`],
    // As long in characters, longer in bytes.
    ['one of other letters', `/enter?token=${'%C3%A9'.repeat(43)}`],
  ])('refuses %s, and the right one still works', async (_, path) => {
    expect((await get(path)).status).toBe(403);
    expect((await enter()).cookie).not.toBe('');
  });
});

describe('pages', () => {
  it('serves the built window under its policy', async () => {
    const { cookie } = await enter();
    const page = await get('/', { cookie });
    expect(page).toMatchObject({ status: 200, body: '<title>Ohlol</title>' });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect(page.headers['cross-origin-resource-policy']).toBe('same-origin');
    const script = await get('/assets/main.js?v=1', { cookie });
    expect(script).toMatchObject({ status: 200, body: 'start()' });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('has nothing for who has no cookie, or another one', async () => {
    const { cookie } = await enter();
    for (const given of [
      '',
      `${cookie}x`,
      `ohlol-${port}=${'é'.repeat(43)}`,
      cookie.replace('ohlol', 'other'),
    ]) {
      const answer = await get('/', given === '' ? {} : { cookie: given });
      expect(answer).toMatchObject({ status: 403 });
      expect(answer.body).not.toContain('Ohlol</title>');
    }
  });

  it('answers to its own address alone', async () => {
    const { cookie } = await enter();
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port}.evil.example`,
    ]) {
      expect((await get('/', { cookie, host })).status).toBe(403);
    }
    expect((await get('/', { cookie, host: `localhost:${port}` })).status).toBe(200);
  });

  it.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..%2f..%2fsecret.json',
    '/..%5csecret.json',
    '/../renderer-old/index.html',
    '/..%2frenderer-old/index.html',
    '//secret.json',
    '/secret.json%00.js',
    '/%',
    '/assets',
    '/nothing.js',
  ])('has no page %s', async (path) => {
    const { cookie } = await enter();
    const answer = await get(path, { cookie });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  it('survives addresses that are none and methods that it does not serve', async () => {
    const { cookie } = await enter();
    expect((await get('//', { cookie })).status).toBe(404);
    expect((await get('*', { cookie })).status).toBe(400);
    expect((await get('http://', { cookie })).status).toBe(400);
    expect((await get('/', { cookie }, 'POST')).status).toBe(405);
    expect((await get('/', { cookie, range: 'bytes=5-2' })).status).toBe(200);
    expect(await get('/', { cookie }, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });
});

describe('the line to the lab', () => {
  it('opens to this very page with its cookie, and to nobody else', async () => {
    const { cookie } = await enter();
    const origin = `http://127.0.0.1:${port}`;
    expect(await outcome(openSocket({ cookie, origin }))).toBe('open');
    expect(connected.length).toBe(1);

    expect(await outcome(openSocket({ origin }))).toBe(403);
    expect(await outcome(openSocket({ cookie }))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin: 'http://evil.example' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin: 'http://127.0.0.1:1' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin: 'null' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin, host: 'evil.example' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin }, '/'))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin }, '//'))).toBe(403);
    expect(connected.length).toBe(1);
  });

  it('closes on a message that is too large, and goes on serving', async () => {
    const { cookie } = await enter();
    const headers = { cookie, origin: `http://127.0.0.1:${port}` };
    const socket = openSocket(headers);
    await once(socket, 'open');
    const received: string[] = [];
    connected[0]?.on('message', (data) => received.push(data.toString()));
    socket.on('error', () => {});
    socket.send('hello');
    socket.send('x'.repeat(64 * 1024 * 1024 + 1));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
    expect(received).toEqual(['hello']);
    expect(await outcome(openSocket(headers))).toBe('open');
  });

  it('outlives whoever hangs up while it is being refused', async () => {
    const { cookie } = await enter();
    const line = connect(Number(port), '127.0.0.1');
    await once(line, 'connect');
    line.write('GET /lab HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    line.resetAndDestroy();
    await once(line, 'close');
    expect((await get('/', { cookie })).status).toBe(200);
  });

  it('ends its windows when it closes', async () => {
    const { cookie } = await enter();
    const socket = openSocket({ cookie, origin: `http://127.0.0.1:${port}` });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await server.close();
    await closed;
  });
});

describe('in development', () => {
  it('takes the same key again and the page of another server', async () => {
    const origin = 'http://127.0.0.1:5173';
    const again = await startWindowServer({
      rendererFolder: join(work, 'renderer'),
      onConnection: (socket) => connected.push(socket),
      development: { origin, secret: 'a-secret' },
    });
    port = new URL(again.address).port;
    try {
      const first = await get('/enter?token=a-secret');
      expect(first.headers['set-cookie']?.[0]).toContain(`ohlol-${port}=a-secret;`);
      expect((await get('/enter?token=a-secret')).status).toBe(303);
      expect(await outcome(openSocket({ cookie: `ohlol-${port}=a-secret`, origin }))).toBe('open');
      expect(
        await outcome(openSocket({ cookie: `ohlol-${port}=a-secret`, origin: 'http://evil.example' })),
      ).toBe(403);
    } finally {
      await again.close();
    }
  });
});
