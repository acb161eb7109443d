-- The membership of clusters whose provider is AdoNet, and the queries by which Orleans reads and writes it.
-- Applied by "database apply"; each script is applied once and recorded in rayorleans_schema.

create table if not exists OrleansQuery
(
    QueryKey varchar(64) not null primary key,
    QueryText varchar(8000) not null
);

-- One row per cluster: what its silos must agree on.
create table rayorleans_cluster
(
    cluster_id varchar(150) not null primary key,
    service_id varchar(150) not null,
    shard_count integer not null,
    scheduler_count integer not null,
    gcs varchar(1000) not null,
    agreed_at timestamptz not null default now()
);

-- The version of a cluster's membership: every change of a member counts one up, and only from the version that the writer has read.
create table rayorleans_membership
(
    deployment_id varchar(150) not null primary key,
    version integer not null default 0
);

create table rayorleans_member
(
    deployment_id varchar(150) not null references rayorleans_membership (deployment_id),
    address varchar(45) not null,
    port integer not null,
    generation integer not null,
    silo_name varchar(150) not null,
    host_name varchar(150) not null,
    status integer not null,
    proxy_port integer null,
    suspect_times text null,
    start_time timestamptz not null,
    alive_time timestamptz not null,
    primary key (deployment_id, address, port, generation)
);

-- A database that already has the queries of another membership keeps them.
insert into OrleansQuery (QueryKey, QueryText) values
('InsertMembershipVersionKey', '
    with added as (
        insert into rayorleans_membership (deployment_id) values (@DeploymentId)
        on conflict do nothing returning 1)
    select count(*)::integer from added'),

('MembershipReadAllKey', '
    select m.address as "Address", m.port as "Port", m.generation as "Generation", m.silo_name as "SiloName", m.host_name as "HostName",
        m.status as "Status", m.proxy_port as "ProxyPort", m.suspect_times as "SuspectTimes", m.start_time as "StartTime",
        m.alive_time as "IAmAliveTime", v.version as "Version"
    from rayorleans_membership v left join rayorleans_member m using (deployment_id)
    where v.deployment_id = @DeploymentId'),

('MembershipReadRowKey', '
    select m.address as "Address", m.port as "Port", m.generation as "Generation", m.silo_name as "SiloName", m.host_name as "HostName",
        m.status as "Status", m.proxy_port as "ProxyPort", m.suspect_times as "SuspectTimes", m.start_time as "StartTime",
        m.alive_time as "IAmAliveTime", v.version as "Version"
    from rayorleans_membership v left join rayorleans_member m
        on m.deployment_id = v.deployment_id and m.address = @Address and m.port = @Port and m.generation = @Generation
    where v.deployment_id = @DeploymentId'),

('InsertMembershipKey', '
    with counted as (
        update rayorleans_membership set version = version + 1
        where deployment_id = @DeploymentId and version = @Version and not exists (
            select from rayorleans_member
            where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
        returning deployment_id),
    added as (
        insert into rayorleans_member
            (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_time)
        select deployment_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from counted
        returning 1)
    select count(*)::integer from added'),

('UpdateMembershipKey', '
    with counted as (
        update rayorleans_membership set version = version + 1
        where deployment_id = @DeploymentId and version = @Version and exists (
            select from rayorleans_member
            where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
        returning deployment_id),
    changed as (
        update rayorleans_member m set status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime
        from counted
        where m.deployment_id = counted.deployment_id and m.address = @Address and m.port = @Port and m.generation = @Generation
        returning 1)
    select count(*)::integer from changed'),

('UpdateIAmAlivetimeKey', '
    update rayorleans_member set alive_time = @IAmAliveTime
    where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation'),

('GatewaysQueryKey', '
    select address as "Address", proxy_port as "ProxyPort", generation as "Generation"
    from rayorleans_member
    where deployment_id = @DeploymentId and status = @Status and proxy_port > 0'),

('DeleteMembershipTableEntriesKey', '
    with members as (delete from rayorleans_member where deployment_id = @DeploymentId)
    delete from rayorleans_membership where deployment_id = @DeploymentId'),

-- 3 is Active: whoever is, is declared dead before it is forgotten.
('CleanupDefunctSiloEntriesKey', '
    delete from rayorleans_member
    where deployment_id = @DeploymentId and alive_time < @IAmAliveTime and status <> 3')
on conflict (QueryKey) do nothing;
