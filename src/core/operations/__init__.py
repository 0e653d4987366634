"""What `core.service.FaceCore` does, by kinds of operations: looking, keeping, searching, grouping, persons."""
