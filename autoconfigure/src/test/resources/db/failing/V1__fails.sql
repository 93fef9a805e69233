CREATE TABLE shelf (id int); SELECT no_such_function();
