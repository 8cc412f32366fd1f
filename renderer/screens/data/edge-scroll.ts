/** Scrolls a list while the pointer is held near its upper or lower edge, or beyond it. */

const EDGE_PX = 28;

/** The speed in px per frame: faster the further out, 0 inside, negative upwards. */
export function edgeSpeed(y: number, top: number, bottom: number): number {
  const past = y < top + EDGE_PX ? y - top - EDGE_PX : Math.max(0, y - bottom + EDGE_PX);
  return past === 0 ? 0 : Math.sign(past) * Math.min(58, 2 + Math.abs(past) / 2);
}

export interface EdgeScroll {
  /** To be told where the pointer is, in px of the window. */
  follow(y: number): void;
  end(): void;
}

/** `moved` is called after each step, since the pointer is then over another row. */
export function edgeScroll(list: Element, moved: () => void): EdgeScroll {
  let y = 0;
  let frame = 0;
  const step = () => {
    frame = 0;
    const { top, bottom } = list.getBoundingClientRect();
    const by = edgeSpeed(y, top, bottom);
    if (by === 0) return;
    const before = list.scrollTop;
    list.scrollTop += by;
    if (list.scrollTop !== before) moved();
    frame = requestAnimationFrame(step);
  };
  return {
    follow(now) {
      y = now;
      if (frame === 0) frame = requestAnimationFrame(step);
    },
    end() {
      cancelAnimationFrame(frame);
      frame = 0;
    },
  };
}
