"""Builds the gazetteer file; a maintainer's tool that the service never loads."""
