/**
 * Short notices with one action, bottom right, 8 s, longer while hovered or focused. A problem has longer, and a cross to
 * close it. `showToast(() => t('row_deleted'), { label: () => t('undo'), run })`: what they say is asked anew, so that
 * it follows the language.
 */
export interface Toast {
  id: number;
  text: () => string;
  kind: 'notice' | 'problem';
  action: ToastAction | null;
  /** Of what it is true, and so when it leaves before its time. */
  about: ToastSubject;
}

export interface ToastAction {
  label: () => string;
  run: () => void;
}

/** draft: until the draft changes, which may have mended it, or a run begins; project: until it is closed; lab: whatever comes. */
export type ToastSubject = 'draft' | 'project' | 'lab';

const LIFE_MS = { notice: 8000, problem: 30_000 };

class Toasts {
  list = $state.raw<Toast[]>([]);
  /** The panel that notices concern: they stand at its bottom right; null: the window's. */
  anchor = $state.raw<HTMLElement | null>(null);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(toast: Omit<Toast, 'id'>): number {
    // What is said already is not said beside itself, only longer.
    const same = this.list.find(
      (one) => one.text() === toast.text() && one.kind === toast.kind && !one.action && !toast.action,
    );
    if (same) {
      this.release(same.id);
      return same.id;
    }
    const id = this.#next++;
    // Three at once are more than one reads; the oldest goes.
    this.list = [...this.list.slice(-2), { id, ...toast }];
    this.release(id);
    return id;
  }

  close(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** What may no longer be true goes. */
  leave(...subjects: ToastSubject[]): void {
    for (const { id, about } of this.list) if (subjects.includes(about)) this.close(id);
  }

  /** Stops the clock while it is looked at. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    this.hold(id);
    const toast = this.list.find((one) => one.id === id);
    if (!toast) return;
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), LIFE_MS[toast.kind]),
    );
  }
}

export const toasts = new Toasts();

export function showToast(text: () => string, action: ToastAction | null = null): void {
  toasts.show({ text, action, kind: 'notice', about: 'project' });
}

/** Something the user asked for did not happen; the sentence says what and what to do. */
export function showProblem(
  text: () => string,
  action: ToastAction | null = null,
  about: ToastSubject = 'draft',
): void {
  toasts.show({ text, action, kind: 'problem', about });
}
