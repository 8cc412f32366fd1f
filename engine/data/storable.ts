import { type Problem, problem, quote } from '../errors.ts';

/** Deeper than any document. The check uses no recursion, because a value may come from a reader or a window. */
const deepest = 64;

/**
 * The first thing in plain data that a file cannot hold: a number that is not finite (JSON would write null, which
 * is read as something else or not at all), a string with half a surrogate pair (UTF-8 has no bytes for it), an
 * array of bytes or typed numbers, or too deep nesting. null: the data can be stored and comes back the same.
 *
 * @param bytesAt paths at which bytes and typed numbers are allowed, because they are not stored there.
 */
export function findUnstorable(
  value: unknown,
  path: string,
  bytesAt: readonly (string | RegExp)[] = [],
): Problem | null {
  const waiting: { value: unknown; path: string; depth: number }[] = [{ value, path, depth: 0 }];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (ArrayBuffer.isView(at.value) && mayStand(bytesAt, at.path)) continue;
    const found = lookAt(at.value, at.path);
    if (found) return found;
    if (typeof at.value !== 'object' || at.value === null) continue;
    if (at.depth === deepest) {
      const message = `${at.path} is nested deeper than ${deepest}; nothing that is kept here is`;
      return problem('nested-too-deep', at.path, message, { limit: deepest });
    }
    const inside = at.depth + 1;
    if (Array.isArray(at.value)) {
      const index = firstWrong(at.value);
      if (index !== -1) return lookAt(at.value[index], `${at.path}[${index}]`);
      at.value.forEach((item, i) => {
        if (typeof item === 'object' && item !== null)
          waiting.push({ value: item, path: `${at.path}[${i}]`, depth: inside });
      });
    } else {
      for (const [key, item] of Object.entries(at.value)) {
        if (!key.isWellFormed()) return brokenCharacter(at.path, key);
        waiting.push({ value: item, path: at.path === '' ? key : `${at.path}.${key}`, depth: inside });
      }
    }
  }
  return null;
}

const mayStand = (bytesAt: readonly (string | RegExp)[], path: string) =>
  bytesAt.some((place) => (typeof place === 'string' ? place === path : place.test(path)));

/** Index of the first wrong number or string; the list may hold ten million numbers, too many for a path each. */
function firstWrong(list: readonly unknown[]): number {
  return list.findIndex((item) =>
    typeof item === 'number' ? !Number.isFinite(item) : typeof item === 'string' && !item.isWellFormed(),
  );
}

function lookAt(value: unknown, path: string): Problem | null {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const message = `${path} is ${value}; it must be a finite number`;
    return problem('not-finite', path, message, { value: String(value), needs: 'a finite number' });
  }
  if (ArrayBuffer.isView(value)) {
    const message = `${path} is bytes, which are not taken there`;
    return problem('not-accepted', path, message, { found: 'bytes' });
  }
  return typeof value === 'string' && !value.isWellFormed() ? brokenCharacter(path, value) : null;
}

function brokenCharacter(path: string, text: string): Problem {
  const position = text.search(/[\uD800-\uDFFF]/u) + 1;
  const message = `${path} is ${quote(text)}, with half a surrogate pair at position ${position}; it must be whole characters`;
  return problem('broken-character', path, message, { position });
}
