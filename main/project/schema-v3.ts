/** The tables of version 3, for new files and for the migration to it. */
export const schemaOfVersion3 = `
CREATE TABLE draft (
  -- The experiment being edited, in parts, each JSON as in an experiment document: name, data, text, model, training,
  -- initialWeights. Beside them revision, the count of committed changes, and savedAt, when the last one was.
  part  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
  -- The samples being edited, ordered by place. Places have gaps, so that a row goes between two others alone.
  id     INTEGER PRIMARY KEY,
  place  REAL NOT NULL,
  input  TEXT NOT NULL,
  target TEXT NOT NULL,
  split  TEXT NOT NULL CHECK (split IN ('train', 'validation', 'off')),
  note   TEXT NOT NULL
) STRICT;
CREATE INDEX sample_place ON sample (place);

CREATE TABLE change (
  -- Undo: each change with what takes it back. Those with undone = 1 can be done again, oldest first.
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  made_at    TEXT NOT NULL,               -- ISO 8601
  undone     INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  bytes      INTEGER NOT NULL,            -- of the three that follow; the oldest changes are forgotten when it gets too much
  label      TEXT NOT NULL,               -- JSON {key, values}: what the window calls it
  edit       TEXT NOT NULL,               -- JSON: of the draft, or {kind: "run.…"}
  inverse    TEXT NOT NULL                -- JSON
) STRICT;

CREATE TABLE run (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  number     INTEGER NOT NULL UNIQUE,     -- from 1, never used again: the run's colour
  name       TEXT NOT NULL,
  notes      TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,               -- ISO 8601
  deleted_by INTEGER REFERENCES change (id) ON DELETE CASCADE, -- gone for good when that change can no more be undone
  status     TEXT NOT NULL CHECK (status IN
               ('queued', 'running', 'paused', 'finished', 'stopped', 'diverged', 'interrupted')),
  state      TEXT NOT NULL,               -- the status with its reason, JSON
  progress   TEXT NOT NULL,               -- epoch, batch, time, JSON
  last_loss  REAL,
  best_loss  REAL,
  first_right_epoch INTEGER,              -- the first with every token right
  training   TEXT NOT NULL,               -- its training settings with the changes made while it ran, JSON
  experiment TEXT NOT NULL,               -- the experiment document as it was frozen, JSON, less these two:
  dataset    INTEGER NOT NULL REFERENCES frozen (id),
  given_weights INTEGER REFERENCES frozen (id), -- its initialWeights; null where it has none
  initial_weights INTEGER REFERENCES blob (id), -- before the first update: a safetensors file
  shapes     TEXT                         -- of a run that only shows shapes: its report, JSON
) STRICT;
CREATE INDEX run_deleted_by ON run (deleted_by);

CREATE TABLE frozen (
  -- Large parts of experiments as runs were started with them, each kept once.
  id     INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,            -- of value, in hexadecimal
  value  TEXT NOT NULL                    -- JSON
) STRICT;

CREATE TABLE epoch (
  -- What each epoch's own forward pass gave, before its update.
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

CREATE TABLE checkpoint (
  -- Where a run can go on from, bit for bit.
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch   INTEGER NOT NULL,               -- whole epochs done
  made_at TEXT NOT NULL,                  -- ISO 8601
  loss    REAL,                           -- of its last epoch: validation loss where there is one; the least is never thinned
  state   INTEGER NOT NULL REFERENCES blob (id), -- weights, optimizer, random state: for the engine alone
  weights INTEGER NOT NULL REFERENCES blob (id), -- the weights: a safetensors file
  PRIMARY KEY (run_id, epoch)
) STRICT;

CREATE TABLE blob (
  -- Bytes of any length, in parts, so that nobody waits long while a large model's are written.
  id    INTEGER PRIMARY KEY,
  bytes INTEGER NOT NULL,                 -- of all its parts
  kept  INTEGER NOT NULL CHECK (kept IN (0, 1)) -- 0: still being written, or being removed part by part
) STRICT;
CREATE INDEX blob_waste ON blob (id) WHERE kept = 0;

CREATE TABLE blob_part (
  blob_id INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
  part    INTEGER NOT NULL,               -- from 0; one after another they are the whole
  bytes   BLOB NOT NULL,
  PRIMARY KEY (blob_id, part)
) STRICT;

CREATE TRIGGER checkpoint_gone AFTER DELETE ON checkpoint BEGIN
  UPDATE blob SET kept = 0 WHERE id IN (OLD.state, OLD.weights);
END;
CREATE TRIGGER run_gone AFTER DELETE ON run BEGIN
  UPDATE blob SET kept = 0 WHERE id = OLD.initial_weights;
END;

CREATE TABLE lock (
  -- The process that has the project open for writing; at most one row.
  only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
  pid      INTEGER NOT NULL,
  host     TEXT NOT NULL,                 -- name [id]; the id stays when the computer is renamed
  started  TEXT,                          -- when that process started, as its system says it: a number is given out again
  token    TEXT NOT NULL,                 -- of this one opening
  since    TEXT NOT NULL                  -- ISO 8601
) STRICT;
`;
