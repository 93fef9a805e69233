package authz

default allow := false

allow if {
	some role in data.users[input.user].roles
	input.action in data.roles[role].actions
}
