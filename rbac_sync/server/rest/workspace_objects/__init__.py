"""Objects in workspaces, stored as clients write them: blocks, deployments, flows, work pools."""
