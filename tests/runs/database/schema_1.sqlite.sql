BEGIN TRANSACTION;
CREATE TABLE events (
	run VARCHAR(32) NOT NULL, 
	sequence INTEGER NOT NULL, 
	time VARCHAR(40) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	payload JSON NOT NULL, 
	PRIMARY KEY (run, sequence)
);
INSERT INTO "events" VALUES('a50253e6a5',1,'2026-11-27T12:47:36.114198+00:00','epoch','{"epoch": 1, "validation_accuracy": 0.6}');
INSERT INTO "events" VALUES('a50253e6a5',2,'2026-11-27T12:47:36.116041+00:00','epoch','{"epoch": 2, "validation_accuracy": 0.7}');
INSERT INTO "events" VALUES('a50253e6a5',3,'2026-11-27T12:47:36.117250+00:00','epoch','{"epoch": 3, "validation_accuracy": 0.8}');
INSERT INTO "events" VALUES('a50253e6a5',4,'2026-11-27T12:47:36.119065+00:00','finished','{}');
CREATE TABLE leases (
	name VARCHAR(32) NOT NULL, 
	holder JSON NOT NULL, 
	expires VARCHAR(40) NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "leases" VALUES('dispatcher','{"host": "school", "pid": 1, "born": "some boot 1"}','2026-11-27T12:48:36.128000+00:00');
CREATE TABLE runs (
	id VARCHAR(32) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	"plan" JSON NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	started VARCHAR(40) NOT NULL, 
	ended VARCHAR(40) NOT NULL, 
	heartbeat VARCHAR(40) NOT NULL, 
	worker JSON NOT NULL, 
	progress JSON NOT NULL, 
	result JSON NOT NULL, 
	error JSON NOT NULL, 
	experiment VARCHAR(32) NOT NULL, 
	stop_requested BOOLEAN NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	notes TEXT DEFAULT '' NOT NULL, 
	tags JSON DEFAULT '[]' NOT NULL, 
	deleted VARCHAR(40) DEFAULT '' NOT NULL, 
	visitor VARCHAR(40) DEFAULT '' NOT NULL, 
	token VARCHAR(32) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES('a50253e6a5','train','Frozen – “erster” Lauf','{"dataset": "cats", "strategy": "frozen"}','finished','2026-11-27T12:47:36.103968+00:00','2026-11-27T12:47:36.109082+00:00','2026-11-27T12:47:36.109082+00:00','2026-11-27T12:47:36.111000+00:00','{"pid": 1}','{}','{"seconds": 4.0}','{}','strategies-1',0,'Ada','it''s good','["pets", "to show"]','','','301535593e826957');
INSERT INTO "runs" VALUES('f92f56685c','import','waiting','{"source": "digits"}','queued','2026-11-27T12:47:36.122800+00:00','','','','{}','{}','{}','{}','',0,'','','[]','','','');
INSERT INTO "runs" VALUES('4f494b7c5d','train','gone','{}','stopped','2026-11-27T12:47:36.123913+00:00','','2026-11-27T12:47:36.124931+00:00','','{}','{}','{}','{}','',0,'','','[]','2026-11-27T12:47:36.124931+00:00','','');
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(1);
CREATE INDEX ix_runs_experiment ON runs (experiment);
CREATE INDEX ix_runs_state ON runs (state);
COMMIT;
