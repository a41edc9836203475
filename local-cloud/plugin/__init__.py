"""Plug-in into MiniStack: brings in our services, stricter IAM, the request record and the raw inventory.

It holds on to private names of one pinned version: plugin/emulator declares them, docs/emulator.md says how to move on.
"""
