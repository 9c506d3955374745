"""What changes of programs: one function a verb."""
