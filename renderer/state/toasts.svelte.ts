/**
 * Short notices with one action, bottom right, 8 s, longer while hovered or focused. `showToast('Row 9 deleted',
 * { label: 'Undo', run })`. A problem has longer,
 * and a cross to close it.
 */
export interface Toast {
  id: number;
  text: string;
  kind: 'notice' | 'problem';
  action: { label: string; run: () => void } | null;
}

const LIFE_MS = { notice: 8000, problem: 30_000 };

class Toasts {
  list = $state.raw<Toast[]>([]);
  /** The panel that notices concern: they stand at its bottom right; null: the window's. */
  anchor = $state.raw<HTMLElement | null>(null);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, action: Toast['action'] = null, kind: Toast['kind'] = 'notice'): number {
    // What is said already is not said beside itself, only longer.
    const same = this.list.find(
      (toast) => toast.text === text && toast.kind === kind && !toast.action && !action,
    );
    if (same) {
      this.release(same.id);
      return same.id;
    }
    const id = this.#next++;
    // Three at once are more than one reads; the oldest goes.
    this.list = [...this.list.slice(-2), { id, text, kind, action }];
    this.release(id);
    return id;
  }

  close(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
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

export function showToast(text: string, action: Toast['action'] = null): void {
  toasts.show(text, action);
}

/** Something the user asked for did not happen; the sentence says what and what to do. */
export function showProblem(text: string, action: Toast['action'] = null): void {
  toasts.show(text, action, 'problem');
}
