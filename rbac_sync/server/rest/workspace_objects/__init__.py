"""Objects inside workspaces, kept as clients write them: blocks, deployments, flows, work pools."""
