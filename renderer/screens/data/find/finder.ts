import type { FindKind } from '../../../../engine/data/find-pattern.ts';

export type FindScope = 'input' | 'target' | 'both';

/** What the find bar asks: the same of rows and of a text. Its fields are reactive. */
export interface Finder {
  readonly isOpen: boolean;
  /** The field that is to have the focus; a new object asks again. */
  readonly asked: { field: 'text' | 'by' };
  readonly text: string;
  by: string;
  kind: FindKind;
  matchCase: boolean;
  readonly count: number;
  /** Of the hit that the keys stand at, from 0. */
  readonly index: number;
  /** There is more to look through. */
  readonly isSearching: boolean;
  /** A sentence about what cannot be looked for; null: it can. */
  readonly problem: string | null;
  /** Where to look; null: there is one place alone. */
  scope: FindScope | null;
  /** Where there is nothing on one side: how much there is on the other. */
  readonly otherSide: { scope: 'input' | 'target'; count: number } | null;
  /** What is looked for, as it is typed. */
  type(text: string): void;
  /** By so many hits, around the end. */
  go(by: 1 | -1): void;
  reveal(): void;
  close(): void;
  replaceOne(): Promise<void>;
  replaceAll(): Promise<void>;
}
