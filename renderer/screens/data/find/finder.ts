import type { FindKind } from '../../../../engine/data/find-pattern.ts';

export type FindScope = 'input' | 'target' | 'both';

/** What the find bar needs, the same for rows and for a text. The fields are reactive. */
export interface Finder {
  readonly isOpen: boolean;
  /** The field that should have the focus; a new object requests it again. */
  readonly asked: { field: 'text' | 'by' };
  readonly text: string;
  by: string;
  kind: FindKind;
  matchCase: boolean;
  readonly count: number;
  /** The index of the current hit, from 0. */
  readonly index: number;
  /** Whether a part has not been searched yet. */
  readonly isSearching: boolean;
  /** A sentence about why the search cannot be made; null: it can. */
  readonly problem: string | null;
  /** Where to search; null: there is only one place. */
  scope: FindScope | null;
  /** If the searched side has no hit: how many the other side has. */
  readonly otherSide: { scope: 'input' | 'target'; count: number } | null;
  /** Takes the search text as it is typed. */
  type(text: string): void;
  /** Goes to the next or previous hit, wrapping around. */
  go(by: 1 | -1): void;
  reveal(): void;
  close(): void;
  replaceOne(): Promise<void>;
  replaceAll(): Promise<void>;
}
