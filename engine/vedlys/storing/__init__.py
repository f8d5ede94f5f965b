"""What was read and checked once, kept on disk for the next process: never needed, never trusted blindly."""
