VERSION = "0.2.0"
"""The release of the service that this client came with."""
