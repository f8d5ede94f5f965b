"""What readers get: the language they asked for, values as that language writes them, and the composed document."""
