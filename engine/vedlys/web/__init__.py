"""The service: facts posted over HTTP, answered with the parts of articles that apply."""
