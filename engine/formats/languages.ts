/** The languages that messages, dialogs and lessons are written in. */
export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];

/** The first of the preferred languages (BCP 47, such as `zh-Hant-TW`) that is spoken here; English where none is. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.split('-')[0]!.toLowerCase();
    const spoken = languages.find((language) => language === primary);
    if (spoken) return spoken;
  }
  return 'en';
}
