import type { RecentProject } from '../../../main/api.ts';
import type { TextKey } from '../../text/text.svelte.ts';

export interface StateChip {
  kind: 'good' | 'bad' | 'warn' | 'plain';
  /** What the network said last; null: the chip shows the status message `key`. */
  text: string | null;
  key: TextKey;
}

/** The last run in one chip: what the network says, if it says something, else the run's status. */
export function stateChip(run: RecentProject['lastRun']): StateChip {
  if (!run) return { kind: 'plain', text: null, key: 'start_no_run' };
  const key = `shell_status_${run.status}` as const;
  if (run.status === 'diverged') return { kind: 'bad', text: null, key };
  if (run.status === 'interrupted') return { kind: 'warn', text: null, key };
  if (run.prediction === null || run.prediction === '') return { kind: 'plain', text: null, key };
  return { kind: run.right ? 'good' : 'bad', text: run.prediction, key };
}

/** `2 min. ago`, `yesterday`, `16 Nov`, in the words of the language. */
export function openedText(openedAt: string, now: Date, language: string): string {
  const then = new Date(openedAt);
  const minutes = Math.round((now.getTime() - then.getTime()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  if (minutes < 1) return relative.format(0, 'minute');
  if (minutes < 60) return relative.format(-minutes, 'minute');
  const days = Math.round((startOfDay(now) - startOfDay(then)) / 86_400_000);
  if (days === 0) return relative.format(-Math.round(minutes / 60), 'hour');
  if (days < 2) return relative.format(-days, 'day');
  const sameYear = now.getFullYear() === then.getFullYear();
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(then);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Whether one of the names contains the typed text, ignoring case; always true for an empty text. */
export function isFound(typed: string, ...names: string[]): boolean {
  const wanted = typed.trim().toLowerCase();
  return wanted === '' || names.some((name) => name.toLowerCase().includes(wanted));
}
