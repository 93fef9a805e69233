package authz

default allow := false

allow if data.roles.has(input.user, "admin")

allow if input.action in data.config.public
