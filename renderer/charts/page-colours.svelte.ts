import { createSubscriber } from 'svelte/reactivity';
import { type ChartColours, readChartColours } from './chart-colours.ts';

/** Told when the page's theme changes: by its own switch (data-theme) or by the system. */
const subscribe = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', update);
  return () => {
    observer.disconnect();
    system.removeEventListener('change', update);
  };
});

/** The chart colours of the page as it is; read in an effect or a template, it is read again when they change. */
export function pageColours(): ChartColours {
  subscribe();
  return readChartColours(getComputedStyle(document.documentElement));
}
