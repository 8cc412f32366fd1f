import { t } from '../../text/text.svelte.ts';
import { type NumberRule, rules, wrongWith } from './setting-rules.ts';

/**
 * The props that make a NumberField keep a setting's rule: spread together, so that no field keeps half a
 * rule.
 */
export function fieldRule(name: keyof typeof rules): {
  integer: boolean;
  check: (value: number) => string | null;
} {
  const rule: NumberRule = rules[name];
  return {
    integer: rule.whole ?? false,
    check(value) {
      const words = wrongWith(value, rule);
      return words && t(words.key, words.values);
    },
  };
}
