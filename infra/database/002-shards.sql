-- The shards of the GCS, where clusters keep them in PostgreSQL.

-- One row per service: the number of shards that its state was spread over when it was first kept.
create table rayorleans_service
(
    service_id varchar(150) not null primary key,
    shard_count integer not null
);

create sequence rayorleans_shard_state_number;

-- One row per shard. Whoever writes names the epoch and the turn that are here, under the row's lock. A writer that does not know what became of a write
-- takes the next turn, after which that write has happened or never will. What counts is the state of that number, and the blocks after the base.
create table rayorleans_shard
(
    id bigint generated always as identity primary key,
    service_id varchar(150) not null,
    shard integer not null,
    epoch bigint not null,
    turn bigint not null default 0,
    state bigint not null default 0,
    base bigint not null default 0,
    unique (service_id, shard)
) with (fillfactor = 50);

-- What was kept together, in order, without gaps.
create table rayorleans_shard_block
(
    shard_id bigint not null references rayorleans_shard (id) on delete cascade,
    number bigint not null,
    records bytea not null,
    primary key (shard_id, number)
);

-- States that stand for all blocks up to a base.
create table rayorleans_shard_state
(
    shard_id bigint not null references rayorleans_shard (id) on delete cascade,
    state bigint not null,
    part integer not null,
    records bytea not null,
    primary key (shard_id, state, part)
);

-- Records are small and hardly compress; trying costs more than the bytes.
alter table rayorleans_shard_block alter column records set storage external;
alter table rayorleans_shard_state alter column records set storage external;
