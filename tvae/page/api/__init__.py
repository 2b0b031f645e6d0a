"""The public endpoints, their OpenAPI document, and the MCP server.

Not here: what they compute. Start with `endpoint`, then `explorer`.
"""
