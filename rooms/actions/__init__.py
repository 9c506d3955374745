"""What changes data in rooms: a file a noun, a function a verb; told to the others only after the commit."""
