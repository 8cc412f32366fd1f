/** The tables of version 1. */
export const schemaOfVersion1 = `
CREATE TABLE draft (
  part  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
  id     INTEGER PRIMARY KEY,
  place  REAL NOT NULL,
  input  TEXT NOT NULL,
  target TEXT NOT NULL,
  split  TEXT NOT NULL CHECK (split IN ('train', 'validation', 'off')),
  note   TEXT NOT NULL
) STRICT;
CREATE INDEX sample_place ON sample (place);

CREATE TABLE change (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  made_at    TEXT NOT NULL,
  label      TEXT NOT NULL,
  edit       TEXT NOT NULL,
  inverse    TEXT NOT NULL,
  undone     INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;

CREATE TABLE run (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  number     INTEGER NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  experiment TEXT NOT NULL,
  training   TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (status IN
               ('queued', 'running', 'paused', 'finished', 'stopped', 'diverged', 'interrupted')),
  state      TEXT NOT NULL,
  progress   TEXT NOT NULL,
  last_loss  REAL,
  best_loss  REAL,
  first_right_epoch INTEGER,
  initial_weights BLOB,
  shapes     TEXT
) STRICT;

CREATE TABLE epoch (
  run_id        INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch         INTEGER NOT NULL,
  loss          REAL NOT NULL,
  lr            REAL NOT NULL,
  grad_norm     REAL NOT NULL,
  accuracy      REAL NOT NULL,
  validation_loss     REAL,
  validation_accuracy REAL,
  predictions   TEXT NOT NULL,
  probabilities TEXT,
  trained_ms    REAL NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch   INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  state   BLOB NOT NULL,
  weights BLOB NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT;

CREATE TABLE lock (
  only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
  pid      INTEGER NOT NULL,
  host     TEXT NOT NULL,
  since    TEXT NOT NULL
) STRICT;
`;
