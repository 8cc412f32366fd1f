/**
 * Short notices with one action at the bottom right. A notice stays for 8 s, a problem for 30 s; both stay
 * longer while hovered or focused. A problem also has a cross to close it.
 * Usage: `showToast(() => t('row_deleted'), { label: () => t('undo'), run })`. The text is a function so
 * that it follows the language.
 */
export interface Toast {
  id: number;
  text: () => string;
  kind: 'notice' | 'problem';
  action: ToastAction | null;
  /** What the notice is about; it leaves early when that changes. */
  about: ToastSubject;
}

export interface ToastAction {
  label: () => string;
  run: () => void;
}

/**
 * draft: the notice leaves when the draft changes (the change may have fixed it) or a run begins; project:
 * it leaves when the project is closed; lab: nothing makes it leave early.
 */
export type ToastSubject = 'draft' | 'project' | 'lab';

const LIFE_MS = { notice: 8000, problem: 30_000 };

class Toasts {
  list = $state.raw<Toast[]>([]);
  /** The panel at whose bottom right the notices stand; null: the window. */
  anchor = $state.raw<HTMLElement | null>(null);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(toast: Omit<Toast, 'id'>): number {
    // A notice that is already shown is not repeated; it only stays longer.
    const same = this.list.find(
      (one) => one.text() === toast.text() && one.kind === toast.kind && !one.action && !toast.action,
    );
    if (same) {
      this.release(same.id);
      return same.id;
    }
    const id = this.#next++;
    // More than three notices at once are too many to read; the oldest goes.
    this.list = [...this.list.slice(-2), { id, ...toast }];
    this.release(id);
    return id;
  }

  close(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Closes the notices about these subjects, which may no longer be true. */
  leave(...subjects: ToastSubject[]): void {
    for (const { id, about } of this.list) if (subjects.includes(about)) this.close(id);
  }

  /** Stops the clock of a notice while the user looks at it. */
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

/** Says that something the user asked for did not happen, with the reason and what to do. */
export function showProblem(
  text: () => string,
  action: ToastAction | null = null,
  about: ToastSubject = 'draft',
): void {
  toasts.show({ text, action, kind: 'problem', about });
}
