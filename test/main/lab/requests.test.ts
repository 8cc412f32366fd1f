/**
 * The refusals of the lab's door: problems for what a user can cause, throws for what only a defective page
 * sends.
 */
import { expect, test } from 'vitest';
import { success } from '../../../engine/errors.ts';
import type { LabApi } from '../../../main/api.ts';
import { checkRequests } from '../../../main/lab/session/requests.ts';

const door = checkRequests(
  new Proxy({} as LabApi, { get: () => async (request: unknown) => success(request as never) }),
);
const label = { key: 'edit_test', values: {} };
const training = (optimizer: object) =>
  door.edit({ edit: { kind: 'training', patch: { optimizer } } as never, label });
const adam = { name: 'adam', betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 };

test.each([
  [
    'Infinity, as 1e999 in a message becomes',
    () => training({ ...adam, lr: Number.POSITIVE_INFINITY }),
    'edit.patch.optimizer.lr is Infinity; it must be a finite number',
  ],
  [
    'null, as JSON writes Infinity',
    () => training({ ...adam, lr: null }),
    'edit.patch.optimizer.lr is not a finite number; it must be one',
  ],
  [
    'Infinity in a key that is kept',
    () => training({ ...adam, lr: 1, mine: [Number.NaN] }),
    'edit.patch.optimizer.mine[0] is NaN; it must be a finite number',
  ],
  [
    'half a surrogate pair',
    () => door.edit({ edit: { kind: 'name', name: '\udc00' }, label }),
    'edit.name is "\\udc00", with half a surrogate pair at position 1; it must be whole characters',
  ],
  [
    'a long name of a run',
    () => door.changeRun({ runId: '1', change: { kind: 'rename', name: 'n'.repeat(1001) }, label }),
    'change.name has 1001 characters; at most 1000 are taken',
  ],
  [
    'an empty one',
    () => door.changeRun({ runId: '1', change: { kind: 'rename', name: ' ' }, label }),
    'change.name is "", which is not taken',
  ],
  [
    'a file that is too large',
    () => door.readFile({ kind: 'contents', fileName: 'f', bytes: new Uint8Array(64_000_001) }),
    'bytes has 64,000,001 bytes; at most 64,000,000 of a file are taken',
  ],
  [
    'bytes where a text is expected',
    () => door.edit({ edit: { kind: 'name', name: Uint8Array.of(1) as never }, label }),
    'edit.name is bytes, which are not taken there',
  ],
  [
    'numbers as an array in a key that is kept',
    () => training({ ...adam, lr: 1, mine: [{ deep: Float32Array.of(1) }] }),
    'edit.patch.optimizer.mine[0].deep is bytes, which are not taken there',
  ],
  [
    'bytes as an id',
    () => door.getRun(Uint8Array.of(49) as never),
    'getRun is bytes, which are not taken there',
  ],
])('%s is refused with a sentence', async (_, call, sentence) => {
  const answer = await call();
  expect(answer.ok ? '' : answer.problems[0]!.message).toContain(sentence);
});

test.each([new Uint8Array(64_000_000), Buffer.from('a')])(
  'the bytes of a file are taken as they are',
  async (bytes) => {
    const answer = await door.openImport({ kind: 'contents', fileName: 'f', bytes });
    const { value } = answer as unknown as { value: { bytes: Uint8Array } };
    expect(value.bytes === bytes).toBe(true);
  },
);

test('a label with a long name in it is cut, not refused', async () => {
  const long = { key: 'edit_test', values: { token: 't'.repeat(5000) } };
  const answer = await door.edit({ edit: { kind: 'name', name: 'a' }, label: long });
  const { values } = (answer as unknown as { value: { label: typeof long } }).value.label;
  expect(values.token).toBe(`${'t'.repeat(1000)}…`);
});

test('another form is a throw that says where', async () => {
  await expect(door.edit({ edit: { kind: 'name', name: 5 as never }, label })).rejects.toThrow(
    'edit(0.edit.name)',
  );
  for (const bytes of ['YQ==', [97], Float32Array.of(97), new ArrayBuffer(1), { 0: 97, length: 1 }]) {
    const source = { kind: 'contents', fileName: 'f', bytes: bytes as never } as const;
    await expect(door.readFile(source)).rejects.toThrow('readFile(0.bytes)');
    const created = door.createProject({ source: { ...source, kind: 'experiment' }, path: null });
    await expect(created).rejects.toThrow('createProject(0.source.bytes)');
  }
  await expect(door.setPreferences({ threads: Number.NaN })).rejects.toThrow(
    'setPreferences: threads is NaN',
  );
});
