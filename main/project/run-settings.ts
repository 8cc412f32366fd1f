import type { RunSettings } from '../api.ts';

/** A document's values by their paths (`model.hiddenSize`); a list becomes the text of its JSON. */
export function flatSettings(value: unknown, path = ''): RunSettings {
  if (typeof value !== 'object' || value === null) return { [path]: value as RunSettings[string] };
  if (Array.isArray(value)) return { [path]: JSON.stringify(value) };
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.assign(
    {},
    ...parts.map(([name, part]) => flatSettings(part, path === '' ? name : `${path}.${name}`)),
  );
}
