CREATE TABLE public.events (
    run character varying(32) NOT NULL,
    sequence integer NOT NULL,
    "time" character varying(40) NOT NULL,
    kind character varying(32) NOT NULL,
    payload json NOT NULL
);
CREATE TABLE public.leases (
    name character varying(32) NOT NULL,
    holder json NOT NULL,
    expires character varying(40) NOT NULL
);
CREATE TABLE public.runs (
    id character varying(32) NOT NULL,
    kind character varying(32) NOT NULL,
    name text NOT NULL,
    plan json NOT NULL,
    state character varying(16) NOT NULL,
    created character varying(40) NOT NULL,
    started character varying(40) NOT NULL,
    ended character varying(40) NOT NULL,
    heartbeat character varying(40) NOT NULL,
    worker json NOT NULL,
    progress json NOT NULL,
    result json NOT NULL,
    error json NOT NULL,
    experiment character varying(32) NOT NULL,
    stop_requested boolean NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    tags json DEFAULT '[]'::json NOT NULL,
    deleted character varying(40) DEFAULT ''::character varying NOT NULL,
    visitor character varying(40) DEFAULT ''::character varying NOT NULL,
    token character varying(32) DEFAULT ''::character varying NOT NULL
);
INSERT INTO public.events VALUES ('98a2c0326f', 1, '2026-11-27T12:47:38.452903+00:00', 'epoch', '{"epoch": 1, "validation_accuracy": 0.6}');
INSERT INTO public.events VALUES ('98a2c0326f', 2, '2026-11-27T12:47:38.455648+00:00', 'epoch', '{"epoch": 2, "validation_accuracy": 0.7}');
INSERT INTO public.events VALUES ('98a2c0326f', 3, '2026-11-27T12:47:38.457666+00:00', 'epoch', '{"epoch": 3, "validation_accuracy": 0.8}');
INSERT INTO public.events VALUES ('98a2c0326f', 4, '2026-11-27T12:47:38.460121+00:00', 'finished', '{}');
INSERT INTO public.leases VALUES ('dispatcher', '{"host": "school", "pid": 1, "born": "some boot 1"}', '2026-11-27T12:48:38.472917+00:00');
INSERT INTO public.runs VALUES ('98a2c0326f', 'train', 'Frozen – “erster” Lauf', '{"dataset": "cats", "strategy": "frozen"}', 'finished', '2026-11-27T12:47:38.442617+00:00', '2026-11-27T12:47:38.446941+00:00', '2026-11-27T12:47:38.446941+00:00', '2026-11-27T12:47:38.449217+00:00', '{"pid": 1}', '{}', '{"seconds": 4.0}', '{}', 'strategies-1', false, 'Ada', 'it''s good', '["pets", "to show"]', '', '', 'e493704fc7947f2a');
INSERT INTO public.runs VALUES ('b4f8987284', 'import', 'waiting', '{"source": "digits"}', 'queued', '2026-11-27T12:47:38.462708+00:00', '', '', '', '{}', '{}', '{}', '{}', '', false, '', '', '[]', '', '', '');
INSERT INTO public.runs VALUES ('8d5d21cbf7', 'train', 'gone', '{}', 'stopped', '2026-11-27T12:47:38.464329+00:00', '', '2026-11-27T12:47:38.465893+00:00', '', '{}', '{}', '{}', '{}', '', false, '', '', '[]', '2026-11-27T12:47:38.465893+00:00', '', '');
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
INSERT INTO public.schema_version VALUES (1);
ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (run, sequence);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT leases_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
CREATE INDEX ix_runs_experiment ON public.runs USING btree (experiment);
CREATE INDEX ix_runs_state ON public.runs USING btree (state);
