create table country (
    code text primary key,
    name text not null
);

create table product (
    id bigint generated always as identity primary key,
    sku text not null unique,
    name text not null,
    price numeric(10, 2) not null check (price >= 0),
    stock integer not null check (stock >= 0)
);

create table orders (
    id bigint generated always as identity primary key,
    product_id bigint not null references product,
    country text not null references country,
    customer text not null,
    quantity integer not null check (quantity > 0),
    total numeric(10, 2) not null,
    status text not null
);

create table confirmation (
    id bigint generated always as identity primary key,
    order_id bigint not null unique references orders on delete cascade,
    sender text not null,
    recipient text not null
);
