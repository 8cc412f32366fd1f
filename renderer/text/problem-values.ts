import type { Problem } from '../../engine/errors.ts';

/** What a problem's sentence may name: its details, its path, and the setting at the path's end in PyTorch's spelling. */
export function problemValues(problem: Problem, locale: 'en' | 'zh'): Problem['details'] {
  const { details, path } = problem;
  const values: Problem['details'] = { path, name: settingName(path), ...details };
  if (typeof details.name === 'string') values.name = settingName(details.name);
  if (typeof details.needs === 'string' && locale === 'zh') values.needs = needsInChinese(details.needs);
  return values;
}

/** `training.optimizer.lr` → lr, `model.hiddenSize` → hidden_size, `training.optimizer.betas[0]` → betas[0]. */
function settingName(path: string): string {
  const last = path.split('.').at(-1) ?? path;
  return last.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * `a whole number from 1 to 10` and the other phrases of engine/data/ranges.ts in Chinese, without the verb before
 * them; what is none of these stays as it is.
 */
export function needsInChinese(needs: string): string {
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

/** Whether a message's {{placeholders}} all have a value; else it cannot be shown. */
export function isFilled(message: string, values: Problem['details']): boolean {
  return [...message.matchAll(/\{\{(\w+)\}\}/g)].every(
    ([, name]) => values[name!] !== undefined && values[name!] !== null,
  );
}
