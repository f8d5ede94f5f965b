"""The interview: one question at a time, until nothing more can be decided."""
