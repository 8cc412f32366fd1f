/** What may be called through a door: the contract's own methods, and nothing that every object has. */

/** The same functions without `valueOf`, `constructor` and whatever else they would inherit. */
export function onlyOwn<T extends object>(functions: T): T {
  return Object.assign(Object.create(null) as object, functions) as T;
}

/** Longer ones nobody gives out. */
const longestId = 100;

/** A call or an event in birpc's form, as far as the form goes; the arguments are for the method's own schema. */
export function isCall(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const { t, m, a, i } = message as Record<string, unknown>;
  const hasId = typeof i === 'string' && i.length <= longestId;
  return t === 'q' && typeof m === 'string' && Array.isArray(a) && (i === undefined || hasId);
}
