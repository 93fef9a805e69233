insert into country (code, name) values
    ('DE', 'Germany'),
    ('FR', 'France'),
    ('GB', 'United Kingdom'),
    ('IN', 'India'),
    ('US', 'United States');

insert into product (sku, name, price, stock) values
    ('TEA-GREEN', 'Green tea, 100 g', 6.50, 20),
    ('TEA-BLACK', 'Black tea, 100 g', 5.00, 20),
    ('CUP-BLUE', 'Blue cup', 12.00, 1);
