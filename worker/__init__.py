"""Takes document ids from the queue, reads them in a fenced child process, stores the readings."""
