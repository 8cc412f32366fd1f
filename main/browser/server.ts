/**
 * Serves the window to browsers on this computer, and to nobody else:
 *
 *   - it listens on 127.0.0.1 only, and answers only requests whose Host names that address (DNS rebinding);
 *   - `/enter?token=…` takes the token once and gives a session cookie for it; everything else wants the cookie;
 *   - the WebSocket `/lab` also wants an Origin of this very server (cross-site WebSocket hijacking).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { contentSecurityPolicy } from '../content-security.ts';
import { readPageFile } from '../page-files.ts';

/** The largest message that a window may send: a dropped file of the largest size with room for its JSON. */
const LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface WindowServer {
  /** With the one-time token. */
  address: string;
  close(): Promise<void>;
}

export interface WindowServerOptions {
  /** The built renderer. */
  rendererFolder: string;
  /** Errors of the socket are handled: it closes. */
  onConnection(socket: WebSocket): void;
  /** 0: a free one. */
  port?: number;
  /** For development, where the page comes from another server and this one starts again and again. */
  development?: { origin: string; secret: string };
}

export async function startWindowServer(options: WindowServerOptions): Promise<WindowServer> {
  const session = options.development?.secret ?? randomBytes(32).toString('base64url');
  let token: string | null = options.development?.secret ?? randomBytes(32).toString('base64url');
  let port = options.port ?? 0;

  const hosts = () => [`127.0.0.1:${port}`, `localhost:${port}`];
  const isOurOrigin = ({ headers: { origin } }: IncomingMessage) =>
    origin !== undefined &&
    (hosts().some((host) => origin === `http://${host}`) || origin === options.development?.origin);
  const isOurHost = (request: IncomingMessage) => hosts().includes(request.headers.host ?? '');
  // Cookies do not know ports: two labs on one computer must not share one.
  const cookieName = () => `ohlol-${port}`;
  const hasSession = (request: IncomingMessage) => isEqual(cookieOf(request, cookieName()), session);

  const server = createServer((request, response) => {
    if (!isOurHost(request))
      return refuse(response, 'This lab answers only to its own address on this computer.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 'Only GET is served.', 405);
    const url = urlOf(request);
    if (url === null) return refuse(response, 'This is not an address.', 400);
    if (url.pathname === '/enter') return enter(request, response, url.searchParams.get('token'));
    if (!hasSession(request)) {
      return refuse(
        response,
        'Open the address that the lab printed when it started; it carries the key to it.',
      );
    }
    void sendPage(response, options.rendererFolder, url.pathname, request.headers.host ?? '');
  });

  function enter(request: IncomingMessage, response: ServerResponse, given: string | null): void {
    if (!hasSession(request)) {
      if (token === null || !isEqual(given, token)) {
        refuse(
          response,
          'This address was used already, or is not whole. Start the lab again for a new one.',
        );
        return;
      }
      if (!options.development) token = null;
      response.setHeader('Set-Cookie', `${cookieName()}=${session}; HttpOnly; SameSite=Strict; Path=/`);
    }
    response.writeHead(303, { ...SECURITY_HEADERS, Location: '/' }).end();
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Whoever asks may be gone before the answer.
    stream.on('error', () => stream.destroy());
    const allowed =
      isOurHost(request) &&
      urlOf(request)?.pathname === '/lab' &&
      isOurOrigin(request) &&
      hasSession(request);
    if (!allowed) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // Of an oversized or broken message; the socket closes itself right after.
      socket.on('error', () => {});
      options.onConnection(socket);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;

  return {
    address: `http://127.0.0.1:${port}/enter?token=${token}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

async function sendPage(
  response: ServerResponse,
  folder: string,
  pathname: string,
  host: string,
): Promise<void> {
  const file = await readPageFile(folder, pathname);
  if (file === null) return refuse(response, 'There is no such page.', 404);
  const headers = {
    ...SECURITY_HEADERS,
    // 'self' covers WebSockets in today's browsers; older ones want it said.
    'Content-Security-Policy': contentSecurityPolicy([`ws://${host}`]),
    'Content-Type': file.contentType,
    'Content-Length': file.body.length,
  };
  response.writeHead(200, headers).end(file.body);
}

function refuse(response: ServerResponse, sentence: string, status = 403): void {
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Security-Policy': contentSecurityPolicy(),
    'Content-Type': 'text/plain; charset=utf-8',
  };
  response.writeHead(status, headers).end(`${sentence}\n`);
}

/** null for anything but a path, such as the whole addresses that proxies are sent. */
function urlOf(request: IncomingMessage): URL | null {
  return request.url?.startsWith('/') ? URL.parse(`http://127.0.0.1${request.url}`) : null;
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}

/** In constant time, so that a guess learns nothing; by digests, which are of one length whatever was given. */
function isEqual(given: string | null, expected: string): boolean {
  if (given === null) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
