/** The most steps of a loop that are drawn. */
export const drawnSteps = 32;
