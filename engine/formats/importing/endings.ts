/** Endings of the files that the import dialog offers; their contents decide how they are read. */
export const importEndings = ['.csv', '.tsv', '.tab', '.txt', '.json', '.jsonl', '.ndjson', '.gz'];

/** Endings of the files that weights are read from. */
export const weightsEndings = ['.json', '.safetensors'];
