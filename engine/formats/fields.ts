import { listedProblems } from '../data/check-dataset.ts';
import { findUnstorable } from '../data/storable.ts';
import { type Problem, problem, quote } from '../errors.ts';

/** Problems and warnings that a reader has found; problems after the first hundred are only counted. */
export class Findings {
  readonly warnings: Problem[] = [];
  private readonly listed: Problem[] = [];
  private unlisted = 0;

  add(...problems: Problem[]): void {
    for (const found of problems) {
      if (this.listed.length < listedProblems) this.listed.push(found);
      else this.unlisted++;
    }
  }

  get problems(): Problem[] {
    if (this.unlisted === 0) return this.listed;
    const message = `… and ${this.unlisted} more problems`;
    return [...this.listed, problem('more-problems', '', message, { count: this.unlisted })];
  }

  get clean(): boolean {
    return this.listed.length === 0;
  }
}

/**
 * Reads the keys of one object of a document. Each call takes a key, checks its type, and returns the value or the
 * default of a missing key. A wrong value goes to the findings with its path, and the default is returned, so that
 * reading continues and finds every problem. Ranges are not checked here.
 */
export class Fields {
  private readonly source: Record<string, unknown>;
  private readonly path: string;
  private readonly findings: Findings;
  private readonly taken = new Set<string>();

  private constructor(source: Record<string, unknown>, path: string, findings: Findings) {
    this.source = source;
    this.path = path;
    this.findings = findings;
  }

  /** The fields of the value; null, with a problem in the findings, where it is not an object. */
  static of(value: unknown, path: string, findings: Findings): Fields | null {
    if (isObject(value)) return new Fields(value, path, findings);
    findings.add(wrongType(path, value, 'an object'));
    return null;
  }

  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  has(key: string): boolean {
    this.taken.add(key);
    return Object.hasOwn(this.source, key) && this.source[key] !== undefined;
  }

  /** The value, unchecked. */
  take(key: string): unknown {
    return this.has(key) ? this.source[key] : undefined;
  }

  text(key: string, fallback?: string): string {
    return this.typed(key, fallback, 'a string', '', (value) => typeof value === 'string');
  }

  flag(key: string, fallback?: boolean): boolean {
    return this.typed(key, fallback, 'true or false', false, (value) => typeof value === 'boolean');
  }

  number(key: string, fallback?: number): number {
    return this.typed(key, fallback, 'a number', 0, (value) => typeof value === 'number');
  }

  numberOrNull(key: string): number | null {
    return this.typed<number | null>(
      key,
      null,
      'a number or null',
      null,
      (value) => value === null || typeof value === 'number',
    );
  }

  choice<Name extends string>(key: string, names: readonly Name[], fallback?: Name): Name {
    const expected = names.map((name) => `"${name}"`).join(' or ');
    return this.typed<Name>(key, fallback, expected, names[0]!, (value) => names.includes(value as Name));
  }

  texts(key: string): string[] {
    const value = this.list(key);
    const wrong = value.findIndex((item) => typeof item !== 'string');
    if (wrong === -1) return value as string[];
    this.findings.add(wrongType(`${this.at(key)}[${wrong}]`, value[wrong], 'a string'));
    return [];
  }

  list(key: string, fallback?: unknown[]): unknown[] {
    return this.typed<unknown[]>(key, fallback, 'a list', [], Array.isArray);
  }

  /** The fields of an object within this one; null where the key is missing, null or wrong. */
  child(key: string): Fields | null {
    const value = this.take(key);
    if (value === undefined || value === null) return null;
    return Fields.of(value, this.at(key), this.findings);
  }

  /**
   * The keys that no call has taken, to be kept beside the known ones; each gives a warning. It must be the last
   * call.
   */
  unknown(): Record<string, unknown> {
    const unknown: Record<string, unknown> = {};
    for (const key of Object.keys(this.source)) {
      if (this.taken.has(key)) continue;
      const at = this.at(key);
      const unstorable = findUnstorable(this.source[key], at);
      if (unstorable) {
        this.findings.add(unstorable);
        continue;
      }
      // An assignment would set the prototype where the key is __proto__.
      Object.defineProperty(unknown, key, { value: this.source[key], ...ordinary });
      const message = `${at.length > 80 ? quote(at) : at} is not a key of this format; it is kept, and does nothing`;
      if (this.findings.warnings.length < listedProblems) {
        this.findings.warnings.push(problem('unknown-key', at, message, { key }));
      }
    }
    return unknown;
  }

  missing(key: string, needs: string): void {
    const at = this.at(key);
    this.findings.add(problem('missing', at, `${at} is missing; it must be ${needs}`, { needs }));
  }

  private typed<T>(
    key: string,
    fallback: T | undefined,
    needs: string,
    standIn: T,
    fits: (value: unknown) => boolean,
  ): T {
    const value = this.take(key);
    if (value === undefined) {
      if (fallback !== undefined) return fallback;
      this.missing(key, needs);
      return standIn;
    }
    if (fits(value)) return value as T;
    this.findings.add(wrongType(this.at(key), value, needs));
    return fallback ?? standIn;
  }
}

const ordinary = { enumerable: true, configurable: true, writable: true };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `whole` is what a message calls the value where it is the whole document. */
export function wrongType(path: string, value: unknown, needs: string, whole = 'the document'): Problem {
  const found = describeValue(value);
  const place = path === '' ? whole : path;
  return problem('wrong-type', path, `${place} is ${found}; it must be ${needs}`, { found, needs });
}

function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'undefined' ? 'missing' : `a ${typeof value}`;
}
