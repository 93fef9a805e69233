package roles

has(user, role) if role in data.users[user].roles
