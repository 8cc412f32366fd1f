/** The languages that messages, dialogs and lessons are written in. */
export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];

/**
 * The first preferred language (BCP 47, such as `zh-Hant-TW`) that the lab is written in; English where there is
 * none.
 */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.split('-')[0]!.toLowerCase();
    const spoken = languages.find((language) => language === primary);
    if (spoken) return spoken;
  }
  return 'en';
}
