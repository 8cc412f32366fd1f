import { type Problem, problem, quote } from '../errors.ts';
import { isObject, wrongType } from './fields.ts';

/** What a message calls each format of Ohlol. */
const formats = new Map([
  ['ohlol/experiment', 'an experiment'],
  ['ohlol/weights', 'a weights file'],
  ['ohlol/result', 'a result'],
]);

/** The problem of a document that does not state this format and a version up to `newest`; null where it does. */
export function checkHeader(value: unknown, format: string, what: string, newest = 1): Problem | null {
  if (!isObject(value)) return wrongType('', value, `${what}: an object with "format": "${format}"`);
  const found = value.format;
  if (found === undefined) {
    const message = `format is missing; ${what} has "format": "${format}"`;
    return problem('no-format', 'format', message, { needed: format });
  }
  if (found !== format) {
    const known = typeof found === 'string' ? formats.get(found) : undefined;
    const is = known
      ? `this is ${known}`
      : `format is ${typeof found === 'string' ? quote(found) : typeof found}`;
    const details = { found: String(found).slice(0, 40), needed: format };
    return problem('another-format', 'format', `${is}; ${what} has "format": "${format}"`, details);
  }
  const { version } = value;
  if (typeof version === 'number' && version > newest) {
    const read = newest === 1 ? 'version 1' : `versions 1 to ${newest}`;
    const message = `version is ${version}; this program reads ${read}, a newer one may read it`;
    return problem('newer-version', 'version', message, { found: version, needed: newest });
  }
  const isKnown = Number.isInteger(version) && (version as number) >= 1;
  return isKnown
    ? null
    : wrongType('version', version, newest === 1 ? '1' : `a whole number from 1 to ${newest}`);
}
