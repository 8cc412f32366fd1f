import { createSubscriber } from 'svelte/reactivity';
import { type ChartColours, readChartColours } from './chart-colours.ts';

/** Told when the page changes its theme, by the user or with the system. */
const subscribe = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
});

/** The chart colours of the page as it is; read in an effect or a template, it is read again when they change. */
export function pageColours(): ChartColours {
  subscribe();
  return readChartColours(getComputedStyle(document.documentElement));
}
