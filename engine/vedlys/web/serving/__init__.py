"""Running the service: a process that keeps the content and watches over workers, and the workers that answer."""
