insert into app_user (name, role, quota) values ('root', 'admin', 1000);
