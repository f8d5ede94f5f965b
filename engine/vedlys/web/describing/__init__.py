"""The service's description of itself: the table of operations as an OpenAPI document and as a page."""
