import type { WeightsState } from '../weights-state.svelte.ts';
import { stepSize } from './effects.ts';

/** The wheel changes the chosen weight. The page must not scroll under it, so the listener is not passive. */
export function turnsWeight(weights: WeightsState): (element: HTMLElement) => () => void {
  const turn = (event: WheelEvent) => {
    // With Shift some systems turn sideways.
    const turned = event.deltaY || event.deltaX;
    if (turned === 0 || event.ctrlKey) return;
    event.preventDefault();
    if (weights.commit()) weights.nudge(turned < 0 ? stepSize(event) : -stepSize(event));
  };
  return (element) => {
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  };
}
