/** From a page through the preload script and Electron's own clones to a real lab, and back. */
import { createBirpc } from 'birpc';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { LabApi, LabEvents } from '../../../main/api.ts';
import { CHANNEL } from '../../../main/electron/channel.ts';
import { connectWindows } from '../../../main/electron/ipc.ts';
import { makeWindow } from '../../../main/electron/window.ts';
import { decodeMessage, encodeMessage, type WindowMessage } from '../../../main/window-message.ts';
import { makeHome, removeHome, startTestLab, type TestLab, valueIn } from '../lab/open-lab.ts';
import * as electron from './fake-electron.ts';

vi.mock('electron', () => import('./fake-electron.ts'));

let home: string;
let lab: TestLab;

beforeEach(() => {
  home = makeHome();
  lab = startTestLab(home);
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

it('carries the bytes of a file in and the numbers of tensors out', async () => {
  electron.resetElectron();
  connectWindows({ lab: lab.lab, showFileDialog: async () => null, onConnect() {} });
  const { webContents } = makeWindow() as unknown as electron.BrowserWindow;
  await import('../../../main/electron/preload.ts');
  const page = electron.contextBridge.exposed.get('ohlol') as {
    post(message: WindowMessage): void;
    listen(listener: (message: WindowMessage) => void): void;
  };
  const toMain = vi.spyOn(electron.ipcRenderer, 'send');
  toMain.mockImplementation((channel, message) => webContents.receive(channel, message));
  webContents.on('sent', (channel, message) => electron.ipcRenderer.emit(channel, {}, message));
  const frames: Uint8Array[] = [];
  webContents.on('sent', (_, message) => message instanceof Uint8Array && frames.push(message));
  const api = createBirpc<LabApi, LabEvents>({} as LabEvents, {
    post: (message) => page.post(message),
    on: (listener) => page.listen(listener),
    serialize: encodeMessage,
    deserialize: decodeMessage,
  });

  const bytes = Buffer.from(writeExperiment(findTemplate('rnn-shapes')!));
  const source = { kind: 'experiment', fileName: 'given.json', bytes } as const;
  expect(valueIn(await api.readFile({ ...source, kind: 'contents' }))).toMatchObject({ kind: 'experiment' });
  valueIn(await api.createProject({ source, path: null }));
  const { id } = valueIn(await api.newRun());
  const [step] = valueIn(await api.getShapes(id)).steps;
  for (const { shape, data } of step!.tensors) {
    expect(data).toBeInstanceOf(Float32Array);
    expect(data).toHaveLength(shape.reduce((count, size) => count * size, 1));
  }
  expect(frames).toHaveLength(1);
  // No message carries a buffer larger than its view.
  const sent = toMain.mock.calls.map(([, message]) => message as unknown).filter(ArrayBuffer.isView);
  expect(sent).toHaveLength(2);
  for (const { buffer, byteLength } of [...sent, ...frames]) expect(buffer.byteLength).toBe(byteLength);
  expect(toMain.mock.calls.every(([channel]) => channel === CHANNEL)).toBe(true);
});
