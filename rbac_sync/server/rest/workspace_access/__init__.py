"""Access to workspaces in the REST API: the roles of users, service accounts and teams."""
