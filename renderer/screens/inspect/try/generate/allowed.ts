/**
 * Which made tokens the data's own rule forbids. A document does not keep who made its data, so a rule is used only where
 * the data themselves prove it: all tokens are brackets and at most one separator, and every string is balanced.
 */
import { splitTokens } from '../../../../../engine/data/tokens.ts';
import type { SequenceDataset } from '../../../../../engine/model/experiment.ts';

const knownPairs = ['()', '[]', '{}', '<>', '（）', '【】', '「」', '《》', '⟨⟩'];

export interface BracketRule {
  /** Closing bracket by its opening one. */
  closings: ReadonlyMap<string, string>;
  /** The token between two strings; null: there is none. */
  separator: string | null;
}

/** The rule that the data keep throughout; null: they are not balanced brackets. */
export function bracketRule(
  dataset: Pick<SequenceDataset, 'task' | 'vocabulary' | 'tokens' | 'text' | 'samples'>,
): BracketRule | null {
  if (dataset.task !== 'language-model') return null;
  const rule = ruleOf(dataset.vocabulary);
  if (rule === null) return null;
  const isText = dataset.text !== undefined && dataset.samples.length === 0;
  const texts = isText ? [dataset.text!] : dataset.samples.map(({ input }) => input);
  const keeps = texts.every((text) => {
    const judge = openJudge(rule);
    const isRight = splitTokens(text, dataset.tokens).every((token) => judge.take(token));
    // A text may end within a string; a sample is one.
    return isRight && (isText || judge.depth() === 0);
  });
  return keeps ? rule : null;
}

function ruleOf(vocabulary: readonly string[]): BracketRule | null {
  const left = new Set(vocabulary);
  const closings = new Map<string, string>();
  for (const pair of knownPairs) {
    const [opening, closing] = [pair[0]!, pair[1]!];
    if (!left.has(opening) || !left.has(closing)) continue;
    closings.set(opening, closing);
    left.delete(opening);
    left.delete(closing);
  }
  if (closings.size === 0 || left.size > 1) return null;
  const [separator = null] = left;
  return { closings, separator };
}

/** Judges tokens one after another. After a wrong one it goes on as if it were right, so that one slip counts once. */
function openJudge({ closings, separator }: BracketRule) {
  let open: string[] = [];
  return {
    /** Whether the token is allowed here. */
    take(token: string): boolean {
      const closing = closings.get(token);
      if (closing !== undefined) {
        open.push(closing);
        return true;
      }
      if (token === separator) {
        const isRight = open.length === 0;
        open = [];
        return isRight;
      }
      return open.pop() === token;
    },
    depth: () => open.length,
  };
}

/** Of each made token whether the rule allows it after the prompt and what was made before. */
export function judgeMade(rule: BracketRule, prompt: readonly string[], made: readonly string[]): boolean[] {
  const judge = openJudge(rule);
  for (const token of prompt) judge.take(token);
  return made.map((token) => judge.take(token));
}
