/**
 * Finds the encoding of a text's bytes by trying every supported one. It counts the places that are no characters of
 * the encoding, and weighs how much the result looks like writing. Two bytes of one script are mostly valid in
 * another script's encoding, too. Common characters therefore decide; a statistical detector cannot recognise an
 * encoding from ten bytes.
 */

export const encodingNames = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'big5',
  'shift_jis',
  'windows-1252',
] as const;

export type EncodingName = (typeof encodingNames)[number];

export interface EncodingCandidate {
  encoding: EncodingName;
  /** Whether the bytes begin with the byte order mark of this encoding. */
  marked: boolean;
  /**
   * Count of places that are no characters of the encoding, or are control characters. For the three likeliest
   * encodings it covers the whole file, for the others the first 64 KB. Where the likeliest has none in the whole
   * file, only its count covers the whole file.
   */
  bad: number;
  /** How plausible the encoding is, at most 1; candidates are sorted by falling score. */
  score: number;
  /** The beginning of the text. */
  preview: string;
}

/** Bytes that are examined to tell encodings apart. */
const sampleBytes = 1 << 16;
const previewCharacters = 300;
const countedWhole = 3;

/** Decodes the bytes. Places that cannot be decoded become U+FFFD; the byte order mark is left out. */
export function decodeAs(bytes: Uint8Array, encoding: EncodingName): string {
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * All encodings, the likeliest first. Text without a byte above 127 is UTF-8. A file longer than the sample is
 * decoded as a whole in the likeliest encoding; `onText` then gets that text and its count of bad places.
 */
export function rankEncodings(
  bytes: Uint8Array,
  onText: (found: { encoding: EncodingName; text: string; bad: number }) => void = () => {},
): EncodingCandidate[] {
  const mark = markOf(bytes);
  const sample = bytes.subarray(0, sampleBytes);
  const isWhole = sample.length === bytes.length;
  const candidates = encodingNames.map((encoding): EncodingCandidate => {
    const text = new TextDecoder(encoding).decode(sample, { stream: !isWhole });
    const marked = encoding === mark;
    const score = marked ? 1 : plausibility(text, encoding);
    return {
      encoding,
      marked,
      bad: countBad(text),
      score,
      preview: text.slice(0, previewCharacters).toWellFormed(),
    };
  });
  candidates.sort((a, b) => b.score - a.score);
  for (const [i, candidate] of isWhole ? [] : candidates.slice(0, countedWhole).entries()) {
    const text = decodeAs(bytes, candidate.encoding);
    candidate.bad = countBad(text);
    if (i === 0) onText({ encoding: candidate.encoding, text, bad: candidate.bad });
    if (i === 0 && candidate.bad === 0) break;
  }
  return candidates;
}

function markOf(bytes: Uint8Array): EncodingName | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

/**
 * Counts the places that are no character of a text: U+FFFD, and control characters other than white space and
 * escape.
 */
export function countBad(text: string): number {
  let bad = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isControl = code < 0x20 ? (code < 9 || code > 13) && code !== 0x1b : code >= 0x7f && code <= 0x9f;
    if (isControl || code === 0xfffd) bad++;
  }
  return bad;
}

/**
 * The mean plausibility of the characters that are not ASCII. A text of ASCII alone is as good as certainly UTF-8.
 */
function plausibility(text: string, encoding: EncodingName): number {
  const bad = countBad(text);
  let sum = -2 * bad;
  let count = bad;
  let before = '';
  const characters = [...text];
  characters.forEach((character, i) => {
    if (character > '\x7f' && character !== '\ufffd') {
      count++;
      sum += weigh(character, before, characters[i + 1] ?? '', encoding);
    }
    before = character;
  });
  if (count === 0) return encoding === 'utf-8' ? 1 : 0.5;
  const mean = sum / count;
  // Valid UTF-8 is hardly ever anything else, and a few bad places still leave UTF-8 likely.
  return encoding === 'utf-8' ? 0.98 - (1.96 * bad) / count : Math.min(0.95, mean);
}

/** How plausible one character is in a text of its encoding. */
function weigh(character: string, before: string, after: string, encoding: EncodingName): number {
  if (encoding === 'windows-1252') return weighLatin(character, before, after);
  const code = character.codePointAt(0)!;
  if (encoding === 'utf-8') return 1;
  if (common.has(character)) return simplifiedOnly.has(character) && encoding === 'big5' ? 0.4 : 1;
  if (isKana(code)) return encoding === 'shift_jis' ? 0.95 : encoding.startsWith('utf-16') ? 0.9 : 0.35;
  if (code >= 0xff61 && code <= 0xff9f) return 0.05;
  if (code >= 0x3001 && code <= 0x3011) return 0.8;
  if (code >= 0xff01 && code <= 0xff5e) return 0.75;
  if (code >= 0xe000 && code <= 0xf8ff) return -2;
  if (code >= 0x4e00 && code <= 0x9fff) return isFirstLevel(character, encoding) ? 0.55 : 0.15;
  if (code >= 0x2010 && code <= 0x203f) return 0.6;
  if (encoding.startsWith('utf-16') && code < 0x250) return 0.6;
  return 0;
}

const isKana = (code: number) => code >= 0x3041 && code <= 0x30ff;

/**
 * How plausible a Latin character is: accented letters stand in words, alone or in twos; signs stand beside words.
 */
function weighLatin(character: string, before: string, after: string): number {
  const isHigh = (other: string) => other > '\x7f';
  const inRun = isHigh(before) && isHigh(after);
  if (inRun) return 0.02;
  const beside = isHigh(before) || isHigh(after);
  if (latinLetters.has(character)) {
    const inWord = /[a-z]/i.test(before) || /[a-z]/i.test(after);
    const isLone = !beside && !inWord;
    const alone = 'àôéÀÉ'.includes(character) ? 0.6 : 0.2;
    if (isLone) return alone;
    return beside ? 0.3 : 0.8;
  }
  if ('’‘“”«»–—…€°£'.includes(character)) return beside ? 0.35 : 0.7;
  return 0.05;
}

const latinLetters = new Set('éèêëàâäáåãæçñîïíìôöóòõøœûüùúßÿÉÈÊËÀÂÄÁÅÃÆÇÑÎÏÍÔÖÓÕØŒÛÜÚ');

/** The most frequent characters of Chinese, simplified and traditional; some of Japanese are added below. */
const simplified =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔你好哭苹果猫狗鸟鱼花红绿黄蓝输入目标标签简繁体字汉语词春夏秋冬爱';
const traditional =
  '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運筆蘋貓鳥魚紅綠黃藍輸標籤簡漢語詞愛';
const common = new Set(`${simplified}${traditional}日本語私今何気出来円時間分見話国会行食飲東京都府県`);
const simplifiedOnly = new Set([...simplified].filter((character) => !traditional.includes(character)));

/**
 * Whether the character is in the frequently used half of its encoding's character set: the rows of GB 2312 and JIS
 * that are sorted by reading, and those of Big5 that are sorted by strokes. The platform has no encoder, so these
 * rows are decoded once.
 */
function isFirstLevel(character: string, encoding: EncodingName): boolean {
  const rows = firstLevelRows[encoding];
  if (rows === undefined) return true;
  let level = firstLevels.get(encoding);
  if (level === undefined) {
    level = decodeRows(encoding, rows);
    firstLevels.set(encoding, level);
  }
  return level.has(character);
}

const firstLevels = new Map<EncodingName, ReadonlySet<string>>();

/** First and last lead byte, and the ranges of trail bytes. */
const firstLevelRows: Partial<
  Record<EncodingName, { from: number; to: number; trails: [number, number][] }>
> = {
  gb18030: { from: 0xb0, to: 0xd7, trails: [[0xa1, 0xfe]] },
  big5: {
    from: 0xa4,
    to: 0xc6,
    trails: [
      [0x40, 0x7e],
      [0xa1, 0xfe],
    ],
  },
  shift_jis: {
    from: 0x88,
    to: 0x97,
    trails: [
      [0x40, 0x7e],
      [0x80, 0xfc],
    ],
  },
};

function decodeRows(
  encoding: EncodingName,
  { from, to, trails }: { from: number; to: number; trails: [number, number][] },
): Set<string> {
  const bytes: number[] = [];
  for (let lead = from; lead <= to; lead++) {
    for (const [first, last] of trails) {
      for (let trail = first; trail <= last; trail++) bytes.push(lead, trail);
    }
  }
  return new Set(new TextDecoder(encoding).decode(Uint8Array.from(bytes)));
}
