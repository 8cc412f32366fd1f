/** Compares the labels of a file with those of the draft that they go to. */
import type { Draft } from '../../data/draft.ts';
import type { TaskName } from '../../model/experiment.ts';
import type { ImportedRow } from './choices.ts';

export interface DraftLabels {
  /** Each label of the rows with its count, the most frequent first; empty for other tasks. */
  labels: { label: string; count: number }[];
  /** Labels of the draft, which the file's labels may become. */
  draftLabels: string[];
  /**
   * Labels of the file that differ from another label, of the draft or the file, only in case, width or surrounding
   * white space; each maps to that other label.
   */
  alike: Record<string, string>;
}

const shownLabels = 200;

export function findDraftLabels(draft: Draft, task: TaskName, rows: readonly ImportedRow[]): DraftLabels {
  if (task !== 'label') return { labels: [], draftLabels: [], alike: {} };
  const counts = new Map<string, number>();
  for (const { target } of rows) counts.set(target, (counts.get(target) ?? 0) + 1);
  const all = [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  const known =
    draft.data.task === 'label' ? new Set(draft.rows.map(({ target }) => target)) : new Set<string>();
  known.delete('');
  const first = new Map<string, string>();
  const alike: Record<string, string> = {};
  for (const label of [...known, ...all.map((one) => one.label)]) {
    const plain = label.normalize('NFKC').trim().toLowerCase();
    const other = first.get(plain);
    if (other === undefined) first.set(plain, label);
    else if (other !== label && !known.has(label)) alike[label] = other;
  }
  return {
    labels: all.slice(0, shownLabels),
    draftLabels: [...known].slice(0, shownLabels),
    alike: Object.fromEntries(Object.entries(alike).slice(0, shownLabels)),
  };
}
