/**
 * Serves the window to browsers on this computer, and to nobody else:
 *
 *   - It listens on 127.0.0.1 only, and answers only requests whose Host names that address (DNS rebinding).
 *   - `/enter#KEY` (enter-page.ts) takes the key once and gives two secrets for it: a session cookie, which every request
 *     needs, and the page's own secret, which the WebSocket `/lab` needs as well. Cookies ignore ports: another server on
 *     this address also gets them, and could use them. Only the page can read what it stores.
 *   - `/lab` also needs an Origin of this very server (cross-site WebSocket hijacking).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { contentSecurityPolicy } from '../content-security.ts';
import { readPageFile } from '../page-files.ts';
import { largestMessageBytes } from '../window-message.ts';
import { enterPage, enterPolicy, pageProtocol } from './enter-page.ts';

export interface WindowServer {
  /** The address of the page, with the one-time key. */
  address: string;
  close(): Promise<void>;
}

export interface WindowServerOptions {
  /** The built renderer. */
  rendererFolder: string;
  /** Called for each new socket. Its errors are handled already; it closes after one. */
  onConnection(socket: WebSocket): void;
  /** 0: any free port. */
  port?: number;
  /** For development: the page comes from another server, and this server is restarted again and again. */
  development?: { origin: string; secret: string };
}

/** Starts the server; resolves when it listens, and rejects if it cannot (for example, if the port is taken). */
export async function startWindowServer(options: WindowServerOptions): Promise<WindowServer> {
  const newSecret = () => options.development?.secret ?? randomBytes(32).toString('base64url');
  const session = newSecret();
  const pageSecret = newSecret();
  const address = (key: string) => `http://127.0.0.1:${port}/enter#${key}`;
  const firstKey = newSecret();
  let key: string | null = firstKey;
  let port = options.port ?? 0;

  const hosts = () => [`127.0.0.1:${port}`, `localhost:${port}`];
  const isOurOrigin = ({ headers: { origin } }: IncomingMessage) =>
    origin !== undefined &&
    (hosts().some((host) => origin === `http://${host}`) || origin === options.development?.origin);
  const isOurHost = (request: IncomingMessage) => hosts().includes(request.headers.host ?? '');
  // Cookies ignore ports, so two labs on one computer need different names.
  const cookieName = () => `ohlol-${port}`;
  const hasSession = (request: IncomingMessage) => isEqual(cookieOf(request, cookieName()), session);

  const server = createServer((request, response) => {
    if (!isOurHost(request))
      return refuse(response, 'This lab answers only to its own address on this computer.');
    const url = urlOf(request);
    if (url === null) return refuse(response, 'This is not an address.', 400);
    if (url.pathname === '/enter' && request.method === 'POST') return void enter(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 'Only GET is served.', 405);
    // A GET does not use up the key, which the server does not see here: a browser or a mail program may prefetch the
    // page.
    if (url.pathname === '/enter') return sendEnterPage(response);
    if (!hasSession(request)) {
      return refuse(
        response,
        'Open the address that the lab printed when it started; it carries the key to it.',
      );
    }
    void sendPage(response, options.rendererFolder, url.pathname, request.headers.host ?? '');
  });

  /**
   * Exchanges the key for the secrets. The page takes the key from behind the # of its address, which no browser sends,
   * logs or passes on.
   */
  async function enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOurOrigin(request)) return refuse(response, 'Only the page of this lab may enter it.');
    const given = await readBody(request);
    if (given === null || key === null || !isEqual(given, key)) {
      return refuse(
        response,
        'This address was used already, or is not whole. Start the lab again for a new one.',
      );
    }
    if (!options.development) key = null;
    const headers = {
      ...SECURITY_HEADERS,
      'Content-Type': 'text/plain; charset=utf-8',
      'Set-Cookie': `${cookieName()}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    };
    response.writeHead(200, headers).end(pageSecret);
  }

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessageBytes,
    // The answer must name one of the offered protocols; this one does not repeat the secret.
    handleProtocols: () => pageProtocol,
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // The client may disconnect before the answer.
    stream.on('error', () => stream.destroy());
    const allowed =
      isOurHost(request) &&
      urlOf(request)?.pathname === '/lab' &&
      isOurOrigin(request) &&
      hasSession(request) &&
      isEqual(secretOf(request), pageSecret);
    if (!allowed) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // A message was too large or broken; the socket closes itself right after.
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
    address: address(firstKey),
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

function sendEnterPage(response: ServerResponse): void {
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Security-Policy': enterPolicy,
    'Content-Type': 'text/html; charset=utf-8',
  };
  response.writeHead(200, headers).end(enterPage);
}

/**
 * The body, which may be at most 200 bytes; null if it is longer, has no declared length, or the client disconnects.
 */
async function readBody(request: IncomingMessage): Promise<string | null> {
  if (!(Number(request.headers['content-length']) <= 200)) return null;
  let body = '';
  try {
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    return body;
  } catch {
    return null;
  }
}

/**
 * The secret, offered as a protocol after our protocol's name (RFC 6455): a page can set no header on a WebSocket, and
 * an address might be logged.
 */
function secretOf(request: IncomingMessage): string | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.length === 2 && offered[0] === pageProtocol ? offered[1]! : null;
}

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
    // 'self' covers WebSockets in current browsers; older ones need the explicit address.
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

/** The request's URL; null unless it is a path. Requests to proxies, for example, hold whole addresses. */
function urlOf(request: IncomingMessage): URL | null {
  return request.url?.startsWith('/') ? URL.parse(`http://127.0.0.1${request.url}`) : null;
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}

/** Compares in constant time, so that guesses reveal nothing; the digests have equal lengths. */
function isEqual(given: string | null, expected: string): boolean {
  if (given === null) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
