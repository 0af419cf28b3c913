BEGIN TRANSACTION;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    prev TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    timestamp TEXT, message TEXT, object_id TEXT, object_table TEXT, info TEXT, applier TEXT, on_behalf_of TEXT, run TEXT, plan_digest TEXT, before TEXT, after TEXT, result TEXT
) STRICT;
INSERT INTO "audit" VALUES(1,'0000000000000000000000000000000000000000000000000000000000000000','26143a1a21caa5cf1c215c0dd9b10e928afcc75857d76380f2ab47403b2155c2','2026-11-21T12:00:00.000000Z','`team.one` created','team.one','team',NULL,'ana@example.org','bo@example.org','run','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',NULL,'{"kind":"team","name":"one"}','done');
INSERT INTO "audit" VALUES(2,'26143a1a21caa5cf1c215c0dd9b10e928afcc75857d76380f2ab47403b2155c2','04286e63195f2eaec1806bf6ce87646cde9cae9e0ec47c85ebdc4467cbf7bed0','2026-11-21T12:00:00.000000Z','`service-account.ci` created','service-account.ci','service_account',NULL,'ana@example.org','bo@example.org','run','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',NULL,'{"kind":"service-account","name":"ci"}','done');
CREATE TABLE intent (
    number INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run (id),
    change TEXT NOT NULL,
    mark TEXT NOT NULL,
    outcome TEXT,
    recorded INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "intent" VALUES(1,'run','{"action":"create","address":"team.one","after":{"kind":"team","name":"one"},"before":null}','','done',1);
INSERT INTO "intent" VALUES(2,'run','{"action":"create","address":"service-account.ci","after":{"kind":"service-account","name":"ci"},"before":null}','','done',1);
INSERT INTO "intent" VALUES(3,'broken','{"action":"create","address":"team.two","after":{"kind":"team","name":"two"},"before":null}','m',NULL,0);
CREATE TABLE lost (key TEXT PRIMARY KEY) STRICT;
INSERT INTO "lost" VALUES('2cbe46a4-0000-4000-8000-000000000000');
CREATE TABLE made_key (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT;
INSERT INTO "made_key" VALUES('service-account.ci','active','k1');
CREATE TABLE run (
    id TEXT PRIMARY KEY,
    applier TEXT NOT NULL,
    on_behalf_of TEXT NOT NULL,
    plan_digest TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "run" VALUES('run','ana@example.org','bo@example.org','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',1);
INSERT INTO "run" VALUES('broken','ana@example.org','','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',0);
COMMIT;
PRAGMA user_version = 1;
