package gateway.authz

# Roles and levels are data, so that they can change without a release.
default allow := false

allow if {
	role := data.roles[input.role]
	input.action in role.actions
	data.levels[input.sensitivity] <= data.levels[role.clearance]
}
