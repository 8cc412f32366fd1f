/**
 * Schemas of objects that keep all other keys, whatever their names. valibot's own silently drop keys named like
 * inherited properties (`__proto__`, `prototype`, `constructor`).
 */
import * as v from 'valibot';

const leftOut = ['__proto__', 'prototype', 'constructor'];

/** Like `v.looseObject`. */
export function keepingObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
): v.LooseObjectSchema<Entries, undefined> {
  const loose = v.looseObject(entries);
  return {
    ...loose,
    '~run'(dataset, config) {
      const missed = missedOf(dataset.value);
      const checked = loose['~run'](dataset, config);
      for (const [key, value] of missed) put(checked.value, key, value);
      return checked;
    },
  };
}

/** Like `v.record` with any text as a key. */
export function keepingRecord<const Value extends v.GenericSchema>(
  value: Value,
): v.RecordSchema<v.StringSchema<undefined>, Value, undefined> {
  const record = v.record(v.string(), value);
  return {
    ...record,
    '~run'(dataset, config) {
      const input = dataset.value;
      const missed = missedOf(input);
      const checked = record['~run'](dataset, config);
      for (const [key, given] of missed) {
        const item = value['~run']({ value: given }, config);
        put(checked.value, key, item.value);
        if (!item.issues) continue;
        const place = { type: 'object', origin: 'value', input, key, value: given } as const;
        const issues = item.issues.map((issue) => ({ ...issue, path: [place, ...(issue.path ?? [])] }));
        return {
          typed: false,
          value: checked.value,
          issues: [...(checked.issues ?? []), ...issues],
        } as never;
      }
      return checked;
    },
  };
}

function missedOf(input: unknown): [key: string, value: unknown][] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).filter(([key]) => leftOut.includes(key));
}

function put(object: unknown, key: string, value: unknown): void {
  // An assignment would set the prototype if the key is __proto__.
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
