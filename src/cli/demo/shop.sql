-- The demo's database. Read once, when the database is new; see `init` in schema.graphql.

create table seller (
  id integer primary key,
  name text not null,
  city text not null
);

create table product (
  id integer primary key,
  name text not null,
  description text,
  unit_price text not null,
  seller_id integer references seller (id)
);

create index product_by_seller on product (seller_id);

insert into seller (id, name, city) values
  (1, 'Northwind Outfitters', 'Bergen'),
  (2, 'Alder & Ash', 'Ghent');

insert into product (id, name, description, unit_price, seller_id) values
  (1, 'Vacuum flask', 'Steel, one litre, keeps its temper.', '34.50', 1),
  (2, 'Wool blanket', 'Two by one and a half metres.', '89.00', 2),
  (3, 'Head lamp', 'Four hundred lumen, charged by cable.', '49.90', 1),
  (4, 'Enamel mug', null, '12.00', 2),
  (5, 'Driftwood', 'Found, not made; nobody sells it.', '0.00', null);
