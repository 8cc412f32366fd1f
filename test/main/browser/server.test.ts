/** Whom the window server answers: real HTTP and WebSockets against a real server. */
import { createHash } from 'node:crypto';
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

/** A request as any client may write it: the path is sent unchanged, and headers may be anything. */
async function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}

const key = () => new URL(server.address).hash.slice(1);
const ourOrigin = () => `http://127.0.0.1:${port}`;
const post = (body: string, headers: Record<string, string> = { origin: ourOrigin() }) =>
  get('/enter', headers, 'POST', body);

async function enter(): Promise<{ cookie: string; secret: string }> {
  const answer = await post(key());
  expect(answer.status).toBe(200);
  return { cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '', secret: answer.body };
}

function openSocket({ secret, ...headers }: Record<string, string>, path = '/lab'): WebSocket {
  const protocols = secret === undefined ? [] : ['ohlol', secret];
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
}

/** 'open', or the HTTP status of the refusal. */
function outcome(socket: WebSocket): Promise<'open' | number> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
  });
}

describe('entering', () => {
  it('takes the key once, for a cookie that scripts cannot read and other sites do not send, and a secret', async () => {
    const answer = await post(key());
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^ohlol-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect(answer.body).toMatch(/^[\w-]{43}$/);
    expect(answer.headers['set-cookie']?.[0]).not.toContain(answer.body);
    expect((await post(key())).status).toBe(403);
  });

  it('does not use it up where a program only looks ahead', async () => {
    const { pathname } = new URL(server.address);
    for (const method of ['HEAD', 'GET']) {
      const answer = await get(pathname, { 'sec-purpose': 'prefetch' }, method);
      expect(answer.status).toBe(200);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.body).not.toContain(key());
    }
    // Some clients break the rules and send the part behind the #.
    await get(`${pathname}?token=${key()}`, {}, 'HEAD');
    await get(`${pathname}?token=${key()}`);
    expect((await enter()).cookie).not.toBe('');
  });

  it('has a page whose one script is the only one it may run', async () => {
    const { headers, body } = await get('/enter');
    const [, script] = /<script>([\s\S]*)<\/script>/.exec(body)!;
    const hash = createHash('sha256').update(script!).digest('base64');
    expect(headers['content-security-policy']).toContain(`default-src 'none'; script-src 'sha256-${hash}'`);
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it.each([
    ['no key', ''],
    ['a wrong one', 'x'.repeat(43)],
    // This key has the right length in characters but more bytes.
    ['one of other letters', 'é'.repeat(43)],
    ['one without end', 'x'.repeat(1_000_000)],
  ])('refuses %s, and the right one still works', async (_, given) => {
    expect((await post(given)).status).toBe(403);
    expect((await enter()).cookie).not.toBe('');
  });

  it('takes no key from another page', async () => {
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null']) {
      expect((await post(key(), { origin })).status).toBe(403);
    }
    expect((await post(key(), {})).status).toBe(403);
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
  it('opens to this very page with its cookie and its secret, and to nobody else', async () => {
    const { cookie, secret } = await enter();
    const origin = ourOrigin();
    const socket = openSocket({ cookie, origin, secret });
    expect(await outcome(socket)).toBe('open');
    expect(socket.protocol).toBe('ohlol');
    expect(connected.length).toBe(1);

    // A program that listens on another port of this address gets the cookie and may send any Origin.
    expect(await outcome(openSocket({ cookie, origin }))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin, secret: `${secret}x` }))).toBe(403);
    expect(await outcome(openSocket({ cookie, origin, secret: cookie.split('=')[1]! }))).toBe(403);
    expect((await get('/', { cookie })).body).not.toContain(secret);
    expect(await outcome(openSocket({ origin, secret }))).toBe(403);
    expect(await outcome(openSocket({ cookie, secret }))).toBe(403);
    expect(await outcome(openSocket({ cookie, secret, origin: 'http://evil.example' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, secret, origin: 'http://127.0.0.1:1' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, secret, origin: 'null' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, secret, origin, host: 'evil.example' }))).toBe(403);
    expect(await outcome(openSocket({ cookie, secret, origin }, '/'))).toBe(403);
    expect(await outcome(openSocket({ cookie, secret, origin }, '//'))).toBe(403);
    expect(connected.length).toBe(1);
  });

  it('closes on a message that is too large, and goes on serving', async () => {
    const headers = { ...(await enter()), origin: ourOrigin() };
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
    const socket = openSocket({ ...(await enter()), origin: ourOrigin() });
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
      const first = await post('a-secret', { origin });
      expect(first.headers['set-cookie']?.[0]).toContain(`ohlol-${port}=a-secret;`);
      expect((await post('a-secret', { origin })).status).toBe(200);
      const cookie = `ohlol-${port}=a-secret`;
      expect(await outcome(openSocket({ cookie, secret: 'a-secret', origin }))).toBe('open');
      expect(await outcome(openSocket({ cookie, secret: 'a-secret', origin: 'http://evil.example' }))).toBe(
        403,
      );
    } finally {
      await again.close();
    }
  });
});
