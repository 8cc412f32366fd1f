/** Restricts remote calls to the contract's own methods, without those that every object inherits. */

/** The same functions, without `valueOf`, `constructor` and whatever else they would inherit. */
export function onlyOwn<T extends object>(functions: T): T {
  return Object.assign(Object.create(null) as object, functions) as T;
}

/** The longest id of a call; nobody creates longer ones. */
const longestId = 100;

/** Whether a message is a call or an event in birpc's form. The arguments are left to the method's own schema. */
export function isCall(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const { t, m, a, i } = message as Record<string, unknown>;
  const hasId = typeof i === 'string' && i.length <= longestId;
  return t === 'q' && typeof m === 'string' && Array.isArray(a) && (i === undefined || hasId);
}
