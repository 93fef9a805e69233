INSERT INTO book (title) VALUES ('Frankenstein');
