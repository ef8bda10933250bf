"""The proof stage: which figures of a document its own accounting identities prove."""
