VERSION = "0.1.0"
"""The release of the service that this client came with."""
