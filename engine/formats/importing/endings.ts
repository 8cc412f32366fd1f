/** How the files are named that are offered for an import; what is in them decides. */
export const importEndings = ['.csv', '.tsv', '.tab', '.txt', '.json', '.jsonl', '.ndjson', '.gz'];
