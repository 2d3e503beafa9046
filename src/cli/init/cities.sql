create table city (id integer primary key, name text not null, station text);
insert into city values (1, 'Bergen', 'ENBR'), (2, 'Lisboa', 'LPPT'), (3, 'Atlantis', null);
