"""What follows from a file as time goes on: assessments, what they change, what falls due, what is coming."""
