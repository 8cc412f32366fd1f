import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from '../../../engine/formats/decode-text.ts';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { type FileKind, sniff } from '../../../engine/formats/sniff.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';

const safetensors = [8, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('{"a":{}}')];
const files: [FileKind, string | number[]][] = [
  ['project', 'SQLite format 3\0…'],
  ['experiment', writeExperiment(findTemplate('hello-rnn')!)],
  ['weights', '{"format": "ohlol/weights"}'],
  ['result', ' \n{"format": "ohlol/result"}'],
  ['weights-map', '{"rnn.bias_ih_l0": [1, 2]}'],
  ['weights-map', '{"rnn.bias_ih_l0": {"shape": [0], "data": []}}'],
  ['json', '{"a": 1}'],
  ['json', '{"format": "ohlol/exp'],
  ['json', '[]'],
  ['safetensors', safetensors],
  // Cut off in its header.
  ['safetensors', [200, 1, 0, 0, 0, 0, 0, 0, ...Buffer.from('{"a"')]],
  ['pytorch-checkpoint', 'PK\x03\x04…'],
  ['text', 'hello\tohlol'],
  ['text', '床前明月光'],
  ['empty', ''],
  ['unknown', [0xff, 0x00, 0x13]],
  ['unknown', 'a\0b'],
];

test.each(files)('%s: %j', (kind, contents) => {
  expect(sniff(typeof contents === 'string' ? Buffer.from(contents) : Uint8Array.from(contents))).toBe(kind);
});

test('any bytes are of some kind', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(sniff(bytes)).toBeTypeOf('string');
    }),
  );
});

test('text is UTF-8, or UTF-16 with its mark, or refused', () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('é床', 'utf16le')]);
  expect(decodeText(Buffer.from('é床'), 'the file')).toMatchObject({ value: 'é床' });
  expect(decodeText(utf16, 'the file')).toMatchObject({ value: 'é床' });
  expect(decodeText(Buffer.from('é', 'latin1'), 'the file')).toMatchObject({
    problems: [{ message: 'the file is not UTF-8 text; save it as UTF-8' }],
  });
});
