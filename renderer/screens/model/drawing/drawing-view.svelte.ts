import type { Layout } from './layout.ts';
import { clamped, type Extent, fittedZoom, type View, zoomedAt } from './viewport.ts';

/** The factor of one press of + or −. */
export const zoomStep = 1.25;

/** The visible part of the network's drawing. It is fitted to the stage until the user moves or zooms it. */
export class DrawingView {
  readonly #layout: () => Layout;
  readonly #gutter: number;
  /** The size of the panel's stage, in pixels. */
  outer = $state.raw<Extent>({ width: 800, height: 330 });
  /** null: the drawing is fitted. */
  #moved = $state.raw<View | null>(null);
  /** Where the fitted view begins, if the drawing is wider than the stage. */
  #from = $state(0);

  constructor(layout: () => Layout, gutter: number) {
    this.#layout = layout;
    this.#gutter = gutter;
  }

  view: View = $derived.by(() => {
    const layout = this.#layout();
    if (this.#moved) return clamped(this.#moved, this.#stageAt(this.#moved.zoom), layout);
    // The names at the left grow with the zoom, as if they were a part of the drawing.
    const named = { width: layout.width + this.#gutter, height: layout.height };
    const zoom = fittedZoom(this.outer, named);
    return clamped({ x: this.#from, y: 0, zoom }, this.#stageAt(zoom), layout);
  });
  stage: Extent = $derived(this.#stageAt(this.view.zoom));
  isFitted: boolean = $derived(this.#moved === null);
  /** The visible part as shares of the drawing's width, 0 … 1. */
  share: { from: number; to: number } = $derived.by(() => {
    const { width } = this.#layout();
    const seen = this.stage.width / this.view.zoom;
    return { from: Math.max(0, this.view.x / width), to: Math.min(1, (this.view.x + seen) / width) };
  });
  isWhole: boolean = $derived(this.share.from < 0.001 && this.share.to > 0.999);

  #stageAt(zoom: number): Extent {
    return { width: Math.max(80, this.outer.width - this.#gutter * zoom), height: this.outer.height };
  }

  fit(): void {
    this.#moved = null;
    this.#from = 0;
  }

  moveTo(x: number, y = this.view.y): void {
    if (this.#moved === null && y === this.view.y)
      this.#from = clamped({ ...this.view, x }, this.stage, this.#layout()).x;
    else this.#moved = clamped({ ...this.view, x, y }, this.stage, this.#layout());
  }

  moveBy(dx: number, dy: number): void {
    this.moveTo(this.view.x + dx / this.view.zoom, this.view.y + dy / this.view.zoom);
  }

  step(way: -1 | 1): void {
    this.moveTo(this.view.x + way * this.#layout().pitch);
  }

  /** Zooms about a point of the stage, by default its middle. */
  zoom(factor: number, point = { x: this.stage.width / 2, y: this.stage.height / 2 }): void {
    this.#moved = zoomedAt(this.view, factor, point, this.stage, this.#layout());
  }
}
