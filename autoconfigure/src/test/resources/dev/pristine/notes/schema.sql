CREATE TABLE note (id int PRIMARY KEY, text text);
INSERT INTO note VALUES (1, 'old');
CREATE TABLE ticket (id bigint PRIMARY KEY);
CREATE TABLE hibernate_sequences (sequence_name text PRIMARY KEY, next_val bigint);
CREATE TABLE shedlock (name text PRIMARY KEY, lock_until timestamp, locked_at timestamp, locked_by text);
