"""The directory that both APIs of the server show: people, invitations, keys, permissions."""
