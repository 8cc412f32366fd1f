/**
 * The tables of a project file, as the newest version makes them. Written to be understood with nothing but the
 * sqlite3 tool; a new version adds a migration and never changes what stands here without one.
 */

/** `PRAGMA application_id`: the letters "Ohlo". */
export const applicationId = 0x4f686c6f;

export const schemaVersion1 = `
-- The experiment being edited, in parts, each JSON as in an experiment document:
-- name, data, model, training, initialWeights; and revision, the count of committed changes.
CREATE TABLE draft (
  part  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The samples being edited. place orders them; it has gaps, so that a row goes between two others alone.
CREATE TABLE sample (
  id     INTEGER PRIMARY KEY,
  place  REAL NOT NULL,
  input  TEXT NOT NULL,
  target TEXT NOT NULL,
  split  TEXT NOT NULL CHECK (split IN ('train', 'validation', 'off')),
  note   TEXT NOT NULL
) STRICT;
CREATE INDEX sample_place ON sample (place);

-- Undo: each change of the draft with what takes it back. Those with undone = 1 can be done again, oldest first.
CREATE TABLE change (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  made_at    TEXT NOT NULL,               -- ISO 8601
  label      TEXT NOT NULL,               -- JSON {key, values}: what the window calls it
  edit       TEXT NOT NULL,               -- JSON
  inverse    TEXT NOT NULL,               -- JSON
  undone     INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;

CREATE TABLE run (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  number     INTEGER NOT NULL UNIQUE,     -- from 1, never used again: the run's colour
  created_at TEXT NOT NULL,
  experiment TEXT NOT NULL,               -- the experiment document as it was frozen, JSON
  training   TEXT NOT NULL,               -- its training settings with the changes made while it ran, JSON
  status     TEXT NOT NULL CHECK (status IN
               ('queued', 'running', 'paused', 'finished', 'stopped', 'diverged', 'interrupted')),
  state      TEXT NOT NULL,               -- the status with its reason, JSON
  progress   TEXT NOT NULL,               -- epoch, batch, time, JSON
  last_loss  REAL,
  best_loss  REAL,
  first_right_epoch INTEGER,              -- the first with every token right
  initial_weights BLOB,                   -- before the first update: a safetensors file
  shapes     TEXT                         -- of a run that only shows shapes: its report, JSON
) STRICT;

-- What each epoch's own forward pass gave, before its update.
CREATE TABLE epoch (
  run_id        INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch         INTEGER NOT NULL,         -- from 1
  loss          REAL NOT NULL,
  lr            REAL NOT NULL,
  grad_norm     REAL NOT NULL,            -- before clipping
  accuracy      REAL NOT NULL,            -- right tokens over all, 0 to 1
  validation_loss     REAL,
  validation_accuracy REAL,
  predictions   TEXT NOT NULL,            -- JSON, one string a sample
  probabilities TEXT,                     -- JSON, of the first sample, [T, V] row by row
  trained_ms    REAL NOT NULL,            -- training time so far
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

-- Where a run can go on from, bit for bit.
CREATE TABLE checkpoint (
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch   INTEGER NOT NULL,               -- whole epochs done
  made_at TEXT NOT NULL,
  state   BLOB NOT NULL,                  -- weights, optimizer, random state: for the engine alone
  weights BLOB NOT NULL,                  -- the weights: a safetensors file
  PRIMARY KEY (run_id, epoch)
) STRICT;

-- The process that has the project open for writing; at most one row.
CREATE TABLE lock (
  only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
  pid      INTEGER NOT NULL,
  host     TEXT NOT NULL,
  since    TEXT NOT NULL
) STRICT;
`;
