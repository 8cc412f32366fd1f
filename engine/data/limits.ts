/** The most that a document may ask for; beyond it there is a sentence instead of a machine out of memory. */
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

/** So many samples are taken in one question to a run's weights. */
export const evaluatedSamples = 10_000;

/** So many inputs are taken where one unit is looked at. */
export const unitInputs = 64;

/** So many inputs are taken where states are projected. */
export const projectedInputs = 1000;
