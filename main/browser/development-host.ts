/**
 * The browser host under `npm run dev`. main/dev.ts restarts it at every change; it ends when main/dev.ts disconnects.
 */
import { runBrowserHost } from './host.ts';

const [origin, secret, port] = process.argv.slice(2);
if (origin === undefined || secret === undefined || port === undefined || !process.send) {
  throw new Error('main/dev.ts starts this, with origin, secret and port; `npm run dev` starts that.');
}
await runBrowserHost({ open: false, project: null, development: { origin, secret, port: Number(port) } });
process.once('disconnect', () => process.emit('SIGTERM'));
process.send('up');
