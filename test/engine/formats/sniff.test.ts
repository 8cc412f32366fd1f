import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from '../../../engine/formats/decode-text.ts';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { type FileKind, sniff } from '../../../engine/formats/sniff.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';

const safetensors = [8, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('{"a":{}}')];
/** A zip file with only the local headers of empty entries, which is all that is read of it. */
function zip(...names: string[]): Uint8Array {
  const entries = names.map((name) => {
    const header = Buffer.alloc(30);
    header.write('PK\x03\x04', 'latin1');
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name)]);
  });
  return Buffer.concat(entries);
}

const files: [FileKind, string | number[] | Uint8Array][] = [
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
  // This file is cut off within its header.
  ['safetensors', [200, 1, 0, 0, 0, 0, 0, 0, ...Buffer.from('{"a"')]],
  ['archive', 'PK\x03\x04…'],
  ['pytorch-checkpoint', zip('archive/data.pkl', 'archive/data/0')],
  ['spreadsheet', zip('[Content_Types].xml', 'xl/workbook.xml')],
  ['document', zip('[Content_Types].xml', 'word/document.xml')],
  ['archive', zip('weights.json')],
  ['pytorch-checkpoint', [0x80, 2, 0x2e]],
  ['database', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(84)])],
  ['pdf', '%PDF-1.7 …'],
  ['picture', [0x89, ...Buffer.from('PNG\r\n\x1a\n')]],
  ['office', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  ['archive', [0x1f, 0x8b, 0x08, 0x00]],
  ['onnx', [0x08, 0x08, 0xff, 0x00]],
  ['not-utf-8', Buffer.from('café', 'latin1')],
  ['text', '[Verse 1]\nHello'],
  ['text', '{Chorus}\nHello'],
  ['json', "{'a': 1}"],
  ['json', '{ format: 1 }'],
  ['json', '[true'],
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

test('text is UTF-8, or UTF-16 with its mark, and its mark is not in it', () => {
  const utf16 = Buffer.from('\ufeffé床', 'utf16le');
  for (const bytes of [Buffer.from('é床'), Buffer.from('\ufeffé床'), utf16, Buffer.from(utf16).swap16()]) {
    expect(decodeText(bytes, 'the file')).toMatchObject({ value: 'é床' });
  }
});

test.each([
  [Buffer.from('é', 'latin1'), 'the file is not UTF-8 text; save it as UTF-8'],
  [Buffer.from('no mark', 'utf16le'), 'the file is not UTF-8 text; save it as UTF-8'],
  [Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'the file is not UTF-16LE text; save it as UTF-8'],
  [zip('xl/workbook.xml'), 'the file is a spreadsheet; save it as CSV'],
  [Buffer.from('SQLite format 3\0'), 'the file is an Ohlol project; open it as a project'],
  [Uint8Array.from(safetensors), 'the file is a safetensors file; it holds weights, not text'],
])('%j is no text, and called by its name', (bytes, sentence) => {
  const decoded = decodeText(bytes, 'the file');
  expect(decoded.ok ? [] : decoded.problems.map(({ message }) => message)).toEqual([sentence]);
});
