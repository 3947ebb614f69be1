"""Tests of what a project and its releases say of themselves."""
