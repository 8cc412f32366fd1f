/** Recognises files that are not text by their first bytes, so that a message can say what was given instead. */

/** What a message calls each kind of binary file, and its advice. */
export const binaryKinds = {
  project: { name: 'an Ohlol project', advice: 'open it as a project' },
  database: { name: 'a database of another program', advice: 'save what is in it as CSV or JSON' },
  safetensors: { name: 'a safetensors file', advice: 'it holds weights, not text' },
  'pytorch-checkpoint': {
    name: 'a PyTorch checkpoint',
    advice:
      'in Python, json.dump({k: v.tolist() for k, v in model.state_dict().items()}, file) gives one that can be read',
  },
  spreadsheet: { name: 'a spreadsheet', advice: 'save it as CSV' },
  document: { name: "a word processor's document", advice: 'save it as plain text' },
  office: { name: 'a document of an older Office', advice: 'save it as CSV or plain text' },
  archive: { name: 'an archive', advice: 'unpack it and take the file in it' },
  pdf: { name: 'a PDF', advice: 'copy its text into a text file' },
  picture: { name: 'a picture', advice: 'text is needed' },
} as const satisfies Record<string, { name: string; advice: string }>;

export type BinaryKind = keyof typeof binaryKinds;

/**
 * The kind of a binary file; null for what may be text, or is of no known kind. For a zip, reads only the first and
 * last 256 KB.
 */
export function binaryKind(bytes: Uint8Array): BinaryKind | null {
  if (startsWith(bytes, 'SQLite format 3\0')) return isOtherDatabase(bytes) ? 'database' : 'project';
  if (startsWith(bytes, 'PK\x03\x04') || startsWith(bytes, 'PK\x05\x06')) return zipKind(bytes);
  if (isPickle(bytes)) return 'pytorch-checkpoint';
  if (isSafetensors(bytes)) return 'safetensors';
  return signatures.find(({ magics }) => magics.some((magic) => startsWith(bytes, magic)))?.kind ?? null;
}

const signatures: { kind: BinaryKind; magics: string[] }[] = [
  { kind: 'pdf', magics: ['%PDF-'] },
  { kind: 'picture', magics: ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a', 'II*\0', 'MM\0*'] },
  { kind: 'office', magics: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'] },
  {
    kind: 'archive',
    magics: ['\x1f\x8b\x08', '7z\xbc\xaf\x27\x1c', 'Rar!\x1a\x07', '\xfd7zXZ\0', 'BZh91AY'],
  },
];

/**
 * Whether an SQLite file belongs to another program. A project's application_id, at byte 68 of the header, is
 * `Ohlo`; a file that is cut off before that may be a project.
 */
function isOtherDatabase(bytes: Uint8Array): boolean {
  return bytes.length >= 72 && !startsWith(bytes.subarray(68), 'Ohlo');
}

/** A pickle of protocol 2 to 5, which ends with STOP: PyTorch's format before version 1.6. */
function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 && bytes[bytes.length - 1] === 0x2e;
}

/** MAX_HEADER_SIZE of the safetensors library. Eight characters of text, read as a number, are far above it. */
export const safetensorsHeaderLimit = 100_000_000;

/** A header length within the format's own limit, then the start of a JSON object; the file may be cut off. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getBigUint64(0, true) <= BigInt(safetensorsHeaderLimit);
}

/** The kind of a zip file, from the names of its entries. */
function zipKind(bytes: Uint8Array): BinaryKind {
  const names = zipNames(bytes);
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return 'pytorch-checkpoint';
  if (names.some((name) => name.startsWith('xl/'))) return 'spreadsheet';
  if (names.some((name) => name.startsWith('word/'))) return 'document';
  // An OpenDocument file names its type in its first entry, which is stored uncompressed.
  const head = latin1(bytes.subarray(30, 120));
  if (head.includes('opendocument.spreadsheet')) return 'spreadsheet';
  return head.includes('opendocument.text') ? 'document' : 'archive';
}

const lookedAtBytes = 256 * 1024;

/**
 * The names of a zip's entries, from local headers (in the first part of the file) and the central directory (in the
 * last).
 */
function zipNames(bytes: Uint8Array): string[] {
  const first = bytes.subarray(0, lookedAtBytes);
  const last = bytes.subarray(Math.max(0, bytes.length - lookedAtBytes));
  return [
    ...namesAfter(first, [0x50, 0x4b, 0x03, 0x04], 26, 30),
    ...namesAfter(last, [0x50, 0x4b, 0x01, 0x02], 28, 46),
  ];
}

function namesAfter(bytes: Uint8Array, magic: number[], lengthAt: number, nameAt: number): string[] {
  const names: string[] = [];
  for (let at = bytes.indexOf(0x50); at !== -1; at = bytes.indexOf(0x50, at + 1)) {
    if (!magic.every((byte, i) => bytes[at + i] === byte)) continue;
    const length = (bytes[at + lengthAt] ?? 0) + 256 * (bytes[at + lengthAt + 1] ?? 0);
    names.push(latin1(bytes.subarray(at + nameAt, at + nameAt + Math.min(length, 1024))));
  }
  return names;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return [...magic].every((character, i) => bytes[i] === character.charCodeAt(0));
}
