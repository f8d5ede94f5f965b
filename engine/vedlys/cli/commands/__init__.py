"""The commands, one module each; `vedlys.cli.app` lists them."""
