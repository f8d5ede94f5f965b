"""Markdown: documents, blocks, templates and escaping. The only home of markdown-it-py."""
