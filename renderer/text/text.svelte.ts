/**
 * Every word of the window. `t('data_title')` and `t('data_rows', { count: 3 })` read the current language,
 * so a template that calls them is drawn again when it changes.
 *
 * Messages: messages/{en,zh}/<part>.json, flat, snake_case, the screen's name first. Values are written
 * {{name}}.
 * Plurals: key_one and key_other in English, key_other alone in Chinese; called as `t('key', { count })`.
 * components/RichText.svelte draws <b>…</b> and <code>…</code> in a message.
 */

import i18next from 'i18next';
import type { Problem } from '../../engine/errors.ts';
import type { Language } from '../../engine/formats/languages.ts';
import type { EditLabel } from '../../main/api.ts';
import enData from './messages/en/data.json' with { type: 'json' };
import enEdits from './messages/en/edits.json' with { type: 'json' };
import enExport from './messages/en/export.json' with { type: 'json' };
import enInspect from './messages/en/inspect.json' with { type: 'json' };
import enModel from './messages/en/model.json' with { type: 'json' };
import enProblems from './messages/en/problems.json' with { type: 'json' };
import enShell from './messages/en/shell.json' with { type: 'json' };
import enStart from './messages/en/start.json' with { type: 'json' };
import enTerms from './messages/en/terms.json' with { type: 'json' };
import enTrain from './messages/en/train.json' with { type: 'json' };
import zhData from './messages/zh/data.json' with { type: 'json' };
import zhEdits from './messages/zh/edits.json' with { type: 'json' };
import zhExport from './messages/zh/export.json' with { type: 'json' };
import zhInspect from './messages/zh/inspect.json' with { type: 'json' };
import zhModel from './messages/zh/model.json' with { type: 'json' };
import zhProblems from './messages/zh/problems.json' with { type: 'json' };
import zhShell from './messages/zh/shell.json' with { type: 'json' };
import zhStart from './messages/zh/start.json' with { type: 'json' };
import zhTerms from './messages/zh/terms.json' with { type: 'json' };
import zhTrain from './messages/zh/train.json' with { type: 'json' };
import { isFilled, problemValues } from './problem-values.ts';

const en = {
  ...enShell,
  ...enStart,
  ...enData,
  ...enModel,
  ...enTrain,
  ...enInspect,
  ...enTerms,
  ...enExport,
  ...enEdits,
  ...enProblems,
};
/** Every message except the singular forms, which Chinese does not have: a missing message is a type error. */
const zh = {
  ...zhShell,
  ...zhStart,
  ...zhData,
  ...zhModel,
  ...zhTrain,
  ...zhInspect,
  ...zhTerms,
  ...zhExport,
  ...zhEdits,
  ...zhProblems,
} satisfies Record<Exclude<keyof typeof en, `${string}_one`>, string>;

type WithoutPlural<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
export type TextKey = WithoutPlural<keyof typeof en & string>;
export type TextValues = Record<string, string | number | boolean | null>;

/** A message and its values, not yet in a language. */
export interface Words {
  key: TextKey;
  values: TextValues;
}

const i18n = i18next.createInstance();
i18n.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en }, zh: { translation: zh } },
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  // Svelte escapes what it draws.
  interpolation: { escapeValue: false },
});

let locale = $state<Language>('en');

export function currentLocale(): Language {
  return locale;
}

export function setLocale(next: Language): void {
  void i18n.changeLanguage(next);
  locale = next;
}

/** The message in the current language; reactive where Svelte tracks it. */
export function t(key: TextKey, values: TextValues = {}): string {
  return i18n.t(key, { lng: locale, ...values });
}

/** What undo or redo will take back or do again. An EditLabel names a key `edit_…` of edits.json. */
export function editLabelText(label: EditLabel): string {
  return known(label.key) ? t(label.key, label.values) : label.key;
}

/**
 * A problem as a sentence with its next step: `problem_<code>` of problems.json, filled from the problem's
 * details. The problem's own English sentence is used where there is no such message, or where the message
 * needs a value that the problem does not have.
 */
export function problemText(problem: Problem): string {
  const key = `problem_${problem.code.replaceAll('-', '_')}`;
  if (!known(key)) return problem.message;
  const values: Problem['details'] = { path: t('file_the_file'), ...problemValues(problem, locale) };
  const kind = String(values.kind).replaceAll('-', '_');
  const [advice, kindName] = [`file_advice_${kind}`, `file_kind_${kind}`];
  if (known(advice)) values.advice = t(advice);
  if (known(kindName)) values.kind = t(kindName);
  // A problem caused by another one names its cause by code.
  const cause = typeof values.cause === 'string' && `problem_${values.cause.replaceAll('-', '_')}`;
  if (cause && known(cause)) values.cause = t(cause, values);
  return isFilled(String(i18n.getResource(locale, 'translation', key)), values)
    ? t(key, values)
    : problem.message;
}

function known(key: string): key is TextKey {
  return key in en || `${key}_other` in en;
}
