/** The buffers behind views that have travelled through a real port. */
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { createPiecePoster, joinPieces } from '../../main/engine-process/in-pieces.ts';
import { postAway, type ThreadPort } from '../../main/lab/thread/thread-line.ts';
import { withOwnBuffers } from '../../main/own-buffers.ts';

const pieceBytes = 128 * 1024;
const large = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31) % 251);

/** Views of all kinds on larger buffers, with neighbours before and behind them. */
const views = () => ({
  short: Buffer.from('from a pool'),
  piece: Buffer.from(large(1_000_000)).subarray(100, 100 + pieceBytes),
  numbers: new Float32Array(large(4000).buffer, 400, 100),
  counts: new Int32Array(large(400).buffer, 4, 1),
  shared: new Uint8Array(new SharedArrayBuffer(100), 10, 5),
  whole: large(200_000),
});

/** Each view's bytes, and the size of its buffer. */
const measured = (message: unknown) =>
  Object.entries(message as Record<string, ArrayBufferView>).map(([name, view]) => ({
    name,
    type: view instanceof Uint8Array ? 'Uint8Array' : view.constructor.name,
    bytes: Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength).toString('hex'),
    bufferBytes: view.buffer.byteLength,
  }));
const wanted = () =>
  measured(views()).map(({ bytes, ...rest }) => ({ ...rest, bytes, bufferBytes: bytes.length / 2 }));

it('what goes to another thread has the views’ own bytes alone behind it', async () => {
  const { port1, port2 } = new MessageChannel();
  const sent = views();
  const arrived = once(port2, 'message');
  postAway(port1 as unknown as ThreadPort, { deep: [{ sent }] });
  const [message] = (await arrived) as [{ deep: { sent: unknown }[] }];
  expect(measured(message.deep[0]!.sent)).toEqual(wanted());
  // The large buffer that the message owned whole is moved; buffers with neighbours stay.
  expect(sent.whole.byteLength).toBe(0);
  expect(sent.piece.byteLength).toBe(pieceBytes);
  expect(sent.numbers.byteLength).toBe(400);
  port1.close();
});

it('a worker really gets no more than that', async () => {
  const script = `require('node:worker_threads').parentPort.on('message', (message) =>
    require('node:worker_threads').parentPort.postMessage(Object.values(message).map(({ buffer }) => buffer.byteLength)))`;
  const worker = new Worker(script, { eval: true });
  postAway(worker as unknown as ThreadPort, views());
  const [lengths] = await once(worker, 'message');
  expect(lengths).toEqual(wanted().map(({ bufferBytes }) => bufferBytes));
  await worker.terminate();
});

it('each piece of a Buffer, of which a slice is a view, carries itself alone; so does what needs no pieces', async () => {
  const { port1, port2 } = new MessageChannel();
  const behind: number[] = [];
  const arrived = Promise.withResolvers<unknown>();
  const take = joinPieces(arrived.resolve);
  port2.on('message', (part: { piece?: Uint8Array; views?: Record<string, ArrayBufferView> }) => {
    if (part.piece) behind.push(part.piece.buffer.byteLength);
    take(part);
  });
  const rows = Buffer.concat([large(1000), large(300_000)]).subarray(1000);
  const numbers = new Float32Array(large(400_000).buffer.slice(0, 400_000)).subarray(50);
  const { post } = createPiecePoster((part) => void port1.postMessage(part));
  await post({ rows, numbers, views: views() });
  const message = (await arrived.promise) as { rows: unknown; numbers: unknown; views: unknown };
  const last = (length: number) => length % pieceBytes;
  const pieces = (length: number) => [
    ...Array.from({ length: Math.floor(length / pieceBytes) }, () => pieceBytes),
    last(length),
  ];
  expect(behind.toSorted()).toEqual(
    [300_000, numbers.byteLength, 200_000].flatMap((length) => pieces(length)).toSorted(),
  );
  expect(measured(message.views)).toEqual(wanted());
  expect(message.rows).toEqual(large(300_000));
  expect(message.numbers).toBeInstanceOf(Float32Array);
  expect(new Uint8Array((message.numbers as Float32Array).buffer)).toEqual(
    new Uint8Array(numbers.buffer, 200),
  );
  port1.close();
});

it('a message without views goes as it is', () => {
  const error = new Error('none of our parts');
  const message = { m: 'state', a: [{ runId: '1', rows: Array.from({ length: 100 }, () => 1) }], error };
  expect(withOwnBuffers(message)).toBe(message);
  const whole = { bytes: large(10) };
  expect(withOwnBuffers(whole)).toBe(whole);
});
