"""What the backends of remote services share: HTTP, credentials, the journal and its sessions."""
