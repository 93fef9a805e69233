insert into orders (product_id, country, customer, quantity, total, status)
select id, 'IN', 'ada@example.com', 1, price, 'SHIPPED' from product where sku in ('TEA-GREEN', 'CUP-BLUE');
insert into orders (product_id, country, customer, quantity, total, status)
select id, 'IN', 'bob@example.com', 1, 6.00, 'PLACED' from product where sku = 'TEA-GREEN';
insert into orders (product_id, country, customer, quantity, total, status)
select id, 'DE', 'eve@example.com', 1, price, 'PLACED' from product where sku = 'TEA-BLACK';
