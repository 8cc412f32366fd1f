import { expect, it } from 'vitest';
import { pickLanguage } from '../../../engine/formats/languages.ts';

it.each([
  [['zh-Hant-TW', 'en'], 'zh'],
  [['ZH_cn', 'en'], 'en'],
  [['ZH-cn'], 'zh'],
  [['fr-FR', 'en-GB', 'zh'], 'en'],
  [['zhx', 'fr'], 'en'],
  [[], 'en'],
  [[''], 'en'],
] as const)('%j is read as %s', (preferred, language) => expect(pickLanguage(preferred)).toBe(language));
