/** Finds the roles of a table's columns, by their headers in English and Chinese, else by their contents. */
import type { Split } from '../../data/draft.ts';

export const columnRoles = ['input', 'target', 'split', 'note', 'ignore'] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** Known headers by role; those of `label` also say that the target is a label. */
const headers: Record<ColumnRole | 'label', readonly string[]> = {
  input: [
    'input',
    'inputs',
    'text',
    'source',
    'src',
    'name',
    'sentence',
    'question',
    'surname',
    'word',
    'simplified',
    '输入',
    '文本',
    '原文',
    '姓名',
    '名字',
    '姓氏',
    '单词',
    '简体',
    '简',
    '輸入',
    '文字',
  ],
  target: [
    'target',
    'targets',
    'output',
    'outputs',
    'tgt',
    'answer',
    'translation',
    'traditional',
    '目标',
    '输出',
    '译文',
    '繁体',
    '繁體',
    '繁',
    '目標',
    '輸出',
    '譯文',
  ],
  label: ['label', 'labels', 'class', 'category', 'language', '标签', '类别', '语言', '標籤', '類別', '語言'],
  split: ['split', 'set', 'subset', 'part', '划分', '集合', '分组', '劃分'],
  /** Columns that number the rows. */
  ignore: [
    '#',
    'id',
    'no',
    'no.',
    'nr',
    'number',
    'index',
    'idx',
    'row',
    '编号',
    '序号',
    '行号',
    '編號',
    '序號',
  ],
  note: ['note', 'notes', 'comment', 'remark', '备注', '说明', '備註', '說明'],
};

const knownHeaders = new Map(
  Object.entries(headers).flatMap(([role, names]) =>
    names.map((name) => [name, role as keyof typeof headers]),
  ),
);

const splits: Record<Split, readonly string[]> = {
  train: ['train', 'training', '训练', '訓練', ''],
  validation: ['validation', 'valid', 'val', 'dev', 'test', '验证', '测试', '驗證', '測試'],
  off: ['off', 'ignore', 'none', '停用'],
};

const knownSplits = new Map(
  Object.entries(splits).flatMap(([split, names]) => names.map((name) => [name, split as Split])),
);

/** The split of this name; null where no split has it. */
export function splitOf(text: string): Split | null {
  return knownSplits.get(text.trim().toLowerCase()) ?? null;
}

/** The role that a column of this name has; a header line may begin with #, as numpy and gnuplot write it. */
const headerOf = (field: string) =>
  knownHeaders.get(
    field
      .trim()
      .replace(/^#\s*(?=\S)/, '')
      .toLowerCase(),
  );

export function countKnownHeaders(fields: readonly string[]): number {
  return fields.filter((field) => (headerOf(field) ?? 'ignore') !== 'ignore').length;
}

/** Whether the record names columns: at least one field is a known header, and no two non-empty fields are equal. */
export function looksLikeHeader(fields: readonly string[]): boolean {
  const names = fields.map((field) => field.trim().toLowerCase());
  const full = names.filter((name) => name !== '');
  return full.some((name) => (headerOf(name) ?? 'ignore') !== 'ignore') && new Set(full).size === full.length;
}

export interface FoundColumns {
  roles: ColumnRole[];
  /** Whether the target is a label: one token, whatever its length. */
  isLabel: boolean;
}

/**
 * Finds the columns' roles; each role goes to the first column that fits.
 *
 * Headers decide first. Of the remaining columns, the first that holds nothing but names of splits is the split. The
 * next ones are input and target, and also note where there is no header at all. Columns that number the rows are
 * ignored: those whose header says so, and, in tables of three or more columns, those that count up by one.
 *
 * The target is a label where its header says so, or where its header is unknown or missing and its texts are a few
 * that recur (areLabels).
 */
export function findColumns(header: readonly string[] | null, records: readonly string[][]): FoundColumns {
  const count = records.reduce((most, fields) => Math.max(most, fields.length), header?.length ?? 0);
  const roles: ColumnRole[] = Array.from({ length: count }, () => 'ignore');
  const free = (role: ColumnRole) => !roles.includes(role);
  let isLabel = false;
  for (let c = 0; header !== null && c < count; c++) {
    const known = headerOf(header[c] ?? '');
    const role = known === 'label' ? 'target' : known;
    if (role === undefined || role === 'ignore' || !free(role)) continue;
    roles[c] = role;
    if (role === 'target') isLabel = known === 'label';
  }
  const counting = new Set(count > 2 ? roles.flatMap((_, c) => (isCounting(records, c) ? [c] : [])) : []);
  const unnamed = () =>
    roles.flatMap((role, c) =>
      role === 'ignore' && headerOf(header?.[c] ?? '') === undefined && !counting.has(c) ? [c] : [],
    );
  if (free('split')) {
    const column = unnamed().find((c) => isSplitColumn(records, c));
    if (column !== undefined) roles[column] = 'split';
  }
  const wanted: ColumnRole[] = header === null ? ['input', 'target', 'note'] : ['input', 'target'];
  for (const role of wanted) {
    const [column] = unnamed();
    if (free(role) && column !== undefined) roles[column] = role;
  }
  const target = roles.indexOf('target');
  const isNamed = headerOf(header?.[target] ?? '') !== undefined;
  if (target !== -1 && !isNamed) isLabel = areLabels(records, roles.indexOf('input'), target);
  return { roles, isLabel };
}

/**
 * Whether the targets are a few texts that recur, and most differ in length from their input: targets of a mapping
 * would have as many tokens as the inputs.
 */
function areLabels(records: readonly string[][], input: number, target: number): boolean {
  const pairs = records
    .slice(0, 1000)
    .map((fields) => [fields[input]?.trim() ?? '', fields[target]?.trim() ?? ''] as const)
    .filter(([text, label]) => text !== '' && label !== '');
  const unequal = pairs.filter(([text, label]) => Array.from(text).length !== Array.from(label).length);
  const labels = new Set(pairs.map(([, label]) => label));
  return pairs.length >= 6 && unequal.length > pairs.length / 2 && labels.size <= pairs.length / 3;
}

/** Names of splits that are hardly ever data; "none", "test", "off" or "dev" may be a target or a note. */
const plainSplits = ['train', 'training', 'validation', 'valid', 'val', '训练', '验证', '訓練', '驗證'];

/**
 * Whether the column holds nothing but names of splits, at most six different ones: those of two splits, or one that is
 * hardly ever data.
 */
function isSplitColumn(records: readonly string[][], column: number): boolean {
  const words = new Set(records.slice(0, 1000).map((fields) => (fields[column] ?? '').trim().toLowerCase()));
  words.delete('');
  if (words.size === 0 || words.size > 6) return false;
  const found = new Set([...words].map(splitOf));
  return !found.has(null) && (found.size > 1 || plainSplits.some((word) => words.has(word)));
}

/** Whether the column holds at least three whole numbers, each greater by one than the last. */
function isCounting(records: readonly string[][], column: number): boolean {
  const [first] = records;
  const start = first?.[column] ?? '';
  if (records.length < 3 || !/^\d{1,9}$/.test(start)) return false;
  return records.slice(0, 1000).every((fields, i) => fields[column] === String(Number(start) + i));
}
