/** Steps that are drawn of a long loop. */
export const drawnSteps = 32;
