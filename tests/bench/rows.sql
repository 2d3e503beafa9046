-- The rows of Q4.
create schema bench;
create table bench.row (id int primary key, a int not null, b text not null, c text not null, d boolean not null, e double precision not null);
insert into bench.row
  select i, i * 7 % 1000, 'Name ' || i, 'A text that is a little longer than the name, of row ' || i, i % 2 = 0, i / 8.0
  from generate_series(1, 10000) i;
vacuum analyze bench.row;
