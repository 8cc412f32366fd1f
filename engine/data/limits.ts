/** The most that a document may ask for. A larger document gets a problem instead of exhausting the memory. */
export const dataLimits = {
  samples: 1_000_000,
  vocabulary: 100_000,
  /** The most characters of a language model's text: 10 MB. */
  textCharacters: 10_000_000,
  /** The most characters of one sample's input or target. */
  sampleCharacters: 1_000_000,
  /** The most characters of a row's note. */
  noteCharacters: 10_000,
  /** The most characters of an experiment's name. */
  nameCharacters: 1000,
  /** T·B·I of a shapes experiment, whose every number is shown. */
  shapesElements: 1_000_000,
};

export const trainingLimits = {
  epochs: 10_000_000,
  batchSize: 1_000_000,
  seed: Number.MAX_SAFE_INTEGER,
};

/** Most samples in one question about a run's weights. */
export const evaluatedSamples = 10_000;

/** Most inputs in one question about a single unit. */
export const unitInputs = 64;

/** Most bins, and most single values, of one question about how a parameter's values are spread. */
export const distributionBins = 96;
export const distributionIndices = 1000;

/** Most inputs whose states are projected at once. */
export const projectedInputs = 1000;
