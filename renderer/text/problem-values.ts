import type { Problem } from '../../engine/errors.ts';
import type { Language } from '../../engine/formats/languages.ts';

/**
 * The values that a problem's sentence may use: its details, its path, and the setting at the path's end in
 * PyTorch's spelling.
 */
export function problemValues(problem: Problem, locale: Language): Problem['details'] {
  const { details, path } = problem;
  const values: Problem['details'] = { name: settingName(path), ...details };
  // The whole document has the path ''; the caller has a word for it.
  if (path !== '') values.path = path;
  if (typeof details.name === 'string') values.name = settingName(details.name);
  if (locale === 'zh') {
    if (typeof details.needs === 'string') values.needs = needsInChinese(details.needs);
    if (typeof details.found === 'string') values.found = foundInChinese(details.found);
  }
  return values;
}

/** `training.optimizer.lr` → lr, `model.hiddenSize` → hidden_size, `training.optimizer.betas[0]` → betas[0]. */
function settingName(path: string): string {
  const last = path.split('.').at(-1) ?? path;
  return last.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * `a whole number from 1 to 10` and the other phrases of engine/data/ranges.ts in Chinese, without the verb
 * before them. A phrase that is not known is returned unchanged.
 */
export function needsInChinese(needs: string): string {
  const known = kindsInChinese.get(needs);
  if (known !== undefined) return known;
  // The choices of a setting: "rnn" or "gru".
  if (/^"[^"]*"( or "[^"]*")*$/.test(needs)) return ` ${needs.replaceAll(' or ', ' 或 ')}`;
  const kind = needs.startsWith('a whole number')
    ? '整数'
    : needs.startsWith('a finite number')
      ? '有限数'
      : null;
  if (kind === null) return needs;
  const both = /from (\S+) to (\S+)$/.exec(needs);
  if (both) return ` ${both[1]} 到 ${both[2]} 的${kind}`;
  const ends = [
    [/above (\S+)/, '大于'],
    [/of (\S+) or more/, '不小于'],
    [/below (\S+)/, '小于'],
    [/of (\S+) or less/, '不大于'],
  ] as const;
  const said = ends.flatMap(([pattern, word]) => {
    const match = pattern.exec(needs);
    return match ? [`${word} ${match[1]} `] : [];
  });
  return said.length > 0 ? `${said.join('且')}的${kind}` : kind;
}

/** The kinds of values that engine/formats/fields.ts asks for. */
const kindsInChinese = new Map([
  ['a string', '字符串'],
  ['a number', '数'],
  ['a number or null', '数或 null'],
  ['a list', '列表'],
  ['a list of numbers', '数的列表'],
  ['a list of two numbers', '两个数的列表'],
  ['an object', '对象'],
  ['an object of strings', '字符串的对象'],
  ['true or false', ' true 或 false'],
  ['a finite float32 number', '有限的 float32 数'],
]);

/** What was found instead, in Chinese: `a list of 3`, `an object`, `missing`; anything else unchanged. */
function foundInChinese(found: string): string {
  const list = /^a list of (\d+)$/.exec(found);
  if (list) return ` ${list[1]} 项的列表`;
  return found === 'an object' ? '对象' : found === 'missing' ? '空缺' : ` ${found}`;
}

/** Whether all {{placeholders}} of a message have a value; if not, the message cannot be shown. */
export function isFilled(message: string, values: Problem['details']): boolean {
  return [...message.matchAll(/\{\{(\w+)\}\}/g)].every(
    ([, name]) => values[name!] !== undefined && values[name!] !== null,
  );
}
