import { downloadText } from '../../components/download.ts';
import { type ChartNumbers, csvPieces } from './numbers.ts';

/** Saves a chart's numbers as CSV. Numbers that are fetched in pieces take a while, which can be ended. */
export class NumbersFile {
  /** The share of the rows that have been written, 0 … 1; null: no file is being made. */
  share = $state<number | null>(null);

  async save(numbers: ChartNumbers, name: string): Promise<void> {
    this.share = 0;
    const parts: string[] = [];
    try {
      for await (const { text, rows } of csvPieces(numbers)) {
        if (this.share === null) return;
        parts.push(text);
        this.share = numbers.count === 0 ? 1 : Math.min(1, rows / numbers.count);
      }
      downloadText(parts, 'text/csv', name);
    } finally {
      this.share = null;
    }
  }

  cancel(): void {
    this.share = null;
  }
}
