create table app_user (
    name text primary key,
    role text not null,
    quota integer not null default 10
);

create table server (
    id bigint generated always as identity primary key,
    name text not null unique,
    transport text not null,
    endpoint text not null,
    sensitivity text not null,
    owner text not null references app_user on delete cascade
);

create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    target text not null,
    outcome text not null
);
