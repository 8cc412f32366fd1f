/** Detection of encodings: a table of languages and encodings, from two words to a paragraph. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import {
  decodeAs,
  type EncodingName,
  encodingNames,
  rankEncodings,
} from '../../../../engine/formats/importing/encodings.ts';
import { encodeAs } from './encode.ts';

const texts: Record<string, { encodings: EncodingName[]; samples: string[] }> = {
  简体: {
    encodings: ['gb18030', 'utf-8', 'utf-16le', 'utf-16be'],
    samples: [
      '你好,好你\n',
      '苹果,水果\n猫,动物\n',
      '输入,目标\n今天天气很好,好天气\n',
      '春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。',
      '这是一个用来测试编码识别的句子，其中有一些常用的汉字和标点符号。',
      '王芳,女\n李强,男\n赵敏,女\n',
      '学习;正面\n失败;负面\n',
    ],
  },
  繁體: {
    encodings: ['big5', 'utf-8', 'utf-16le', 'utf-16be'],
    samples: [
      '你好,好你\n',
      '蘋果,水果\n貓,動物\n',
      '輸入,目標\n今天天氣很好,好天氣\n',
      '春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。',
      '這是一個用來測試編碼識別的句子，其中有一些常用的漢字和標點符號。',
      '學習;正面\n失敗;負面\n',
    ],
  },
  日本語: {
    encodings: ['shift_jis', 'utf-8', 'utf-16le', 'utf-16be'],
    samples: [
      'こんにちは,hello\n',
      'ありがとう\tthanks\n',
      'さくら,花\nいぬ,動物\n',
      '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。',
      'カタカナとひらがなと漢字が混ざった文章です。',
      '東京,とうきょう\n京都,きょうと\n',
    ],
  },
  français: {
    encodings: ['windows-1252', 'utf-8', 'utf-16le', 'utf-16be'],
    samples: [
      'été,saison\n',
      'déjà vu\n',
      'Où est la bibliothèque ? Elle est fermée à midi.',
      'garçon,boy\nfenêtre,window\n',
      'l’élève a dit « non »',
    ],
  },
  Deutsch: {
    encodings: ['windows-1252', 'utf-8', 'utf-16le', 'utf-16be'],
    samples: [
      'schön,beautiful\n',
      'Müller,Köln\n',
      'Größe,size\nStraße,street\n',
      'Fünf große Äpfel fallen über die Mauer.',
      'Über,over\nÄrger,trouble\n',
    ],
  },
  English: {
    encodings: ['utf-8', 'utf-16le', 'utf-16be'],
    samples: ['ab,ba\n', 'hello\tohlol\n', 'It was late, very late, and cold.'],
  },
  mixed: {
    encodings: ['gb18030', 'utf-8', 'utf-16le'],
    samples: [
      'hello,你好\nworld,世界\n',
      'input,target\n今天 go 去 school 学校,上学\n',
      'name,language\nRossi,意大利\nSmith,英国\n',
    ],
  },
};

const rows = Object.entries(texts).flatMap(([language, { encodings, samples }]) =>
  encodings.flatMap((encoding) => samples.map((text) => ({ language, encoding, text }))),
);

test.each(rows)('$language in $encoding: $text', ({ encoding, text }) => {
  const bytes = encodeAs(text, encoding);
  const [first] = rankEncodings(bytes);
  expect(first).toMatchObject({ encoding, bad: 0, preview: text });
  expect(decodeAs(bytes, first!.encoding)).toBe(text);
});

test.each(['utf-8', 'utf-16le', 'utf-16be'] as const)(
  'a mark says %s, and is not in the text',
  (encoding) => {
    const [first] = rankEncodings(encodeAs('你好', encoding, true));
    expect(first).toMatchObject({ encoding, marked: true, bad: 0, preview: '你好', score: 1 });
  },
);

describe('what is not clean', () => {
  it('counts the places that are no characters, of each encoding', () => {
    const bytes = new Uint8Array([...encodeAs('déjà vu, né à Orléans', 'utf-8'), 0xff, 0x41, 0xfe]);
    const found = rankEncodings(bytes);
    expect(found[0]).toMatchObject({ encoding: 'utf-8', bad: 2 });
    expect(found.map(({ encoding }) => encoding).sort()).toEqual([...encodingNames].sort());
    expect(found.every(({ bad }) => bad >= 0)).toBe(true);
  });

  it('a UTF-8 text that is cut off inside a character stays UTF-8', () => {
    const bytes = encodeAs('春眠不觉晓，处处闻啼鸟', 'utf-8').subarray(0, -1);
    expect(rankEncodings(bytes)[0]).toMatchObject({ encoding: 'utf-8', bad: 1 });
  });

  it('the case of ten bytes in GBK', () => {
    const bytes = readFileSync(join(import.meta.dirname, '../../../fixtures/cases/gbk.csv'));
    expect(rankEncodings(bytes)[0]).toMatchObject({ encoding: 'gb18030', bad: 0, preview: '你好,好你\n' });
  });
});
